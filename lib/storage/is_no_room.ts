const CODES = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
/** The same errors as numbers of the operating system: Deno gives only some of them a code. */
const LINUX = new Set([27, 28, 122]);
const MACOS = new Set([27, 28, 69]);
const WINDOWS = new Set([39, 112]);

/** Tells whether an error says that there is no room: on the disk, in the user's quota, or in what a file may grow to. */
export function isNoRoom(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string") return CODES.has(error.code);
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  return number !== undefined && numbers().has(Number(number));
}

function numbers(): ReadonlySet<number> {
  if (Deno.build.os === "windows") return WINDOWS;
  return Deno.build.os === "darwin" ? MACOS : LINUX;
}
