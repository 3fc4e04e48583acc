import type { KnownJobStatus } from "../../wondercat/types.ts";

const known: { readonly [Status in KnownJobStatus]: true } = {
  ...{ idle: true, queued: true, scheduled: true, locked: true },
  ...{ in_progress: true, succeeded: true, failed: true, canceled: true },
};

/** Of any other word it is not known what it means, so its job is looked at again until its deadline. */
export function isKnownStatus(status: string): status is KnownJobStatus {
  return Object.hasOwn(known, status);
}

/** So many characters of a server's own word are shown. */
const STATUS_SHOWN = 60;

/** @param until when looking ends, in words; absent in runs of before. */
export function unknownStatusWords(status: string, until: string | undefined): string {
  const short = status.length > STATUS_SHOWN ? `${status.slice(0, STATUS_SHOWN)}…` : status;
  const when = until === undefined ? "" : ` until ${until}`;
  return `The server says “${short}”, which Catwalk does not know; it is looked at again${when}`;
}
