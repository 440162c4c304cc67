import { processSlot } from "../values/process_slot.ts";

/** What was found out before the first signal was listened for. */
interface Found {
  /** SIGHUP is to be ignored. */
  readonly isIgnored: boolean;
}

const STATUS = "/proc/self/status";
/** In the mask of ignored signals, which is hexadecimal, SIGHUP is the lowest bit. */
const MASK = /^SigIgn:.*[13579bdf]$/m;

/**
 * Tells whether this process was started so that SIGHUP does nothing to it, as `nohup` does. Deno forgets that as soon as
 * any signal is listened for, so ask before. Only Linux can be asked, and only with all permissions; else it is `false`.
 */
export function ignoresHangup(): boolean {
  return processSlot("ignores-hangup", isFound, () => ({ isIgnored: readIgnored() })).isIgnored;
}

function readIgnored(): boolean {
  if (Deno.build.os !== "linux") return false;
  // Whoever may read some files only would be asked about this one.
  if (Deno.permissions.querySync({ name: "read", path: STATUS }).state !== "granted") return false;
  try {
    return MASK.test(Deno.readTextFileSync(STATUS));
  } catch {
    return false;
  }
}

function isFound(value: unknown): value is Found {
  return typeof value === "object" && value !== null && "isIgnored" in value && typeof value.isIgnored === "boolean";
}
