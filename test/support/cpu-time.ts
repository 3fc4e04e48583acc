/** What this thread has used of the processor, in milliseconds: unlike the time on the wall, others do not add to it. */
export function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
