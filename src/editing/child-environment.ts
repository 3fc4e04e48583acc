/** What a program needs of the system to run at all. Keys and everything else of this process's stay here. */
const passedOn: readonly string[] = [
  ...["PATH", "HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "SystemRoot", "windir"],
  ...["LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "NODE_COMPILE_CACHE"],
];

type Environment = Readonly<Record<string, string | undefined>>;

/** The whole environment of a child program that handles media or speaks for the sandbox. */
export function childEnvironment(environment: Environment = process.env): Record<string, string> {
  return Object.fromEntries(
    passedOn.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
