import { attempt } from "../values/shape.ts";
import { processFact } from "./process_slot.ts";

const STATUS = "/proc/self/status";
/** In the mask of ignored signals, which is hexadecimal, SIGHUP is the lowest bit. */
const MASK = /^SigIgn:.*[13579bdf]$/m;

// Deno itself listens for SIGHUP half a second after its start, and a run may begin later.
isHangupIgnored();

/** Whether this process was started to ignore SIGHUP, as it was when the library was loaded. */
export function isHangupIgnored(): boolean {
  return processFact("ignores-hangup", ignoresHangup);
}

/**
 * Tells whether this process was started to ignore SIGHUP, as `nohup` does. Deno forgets this when it listens for any
 * signal. Only Linux can tell, and only with all permissions; otherwise this is `false`.
 */
function ignoresHangup(): boolean {
  if (Deno.build.os !== "linux") return false;
  // With permission for some files only, Deno would ask about this one.
  if (Deno.permissions.querySync({ name: "read", path: STATUS }).state !== "granted") return false;
  return attempt(() => MASK.test(Deno.readTextFileSync(STATUS))) === true;
}
