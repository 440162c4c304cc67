const CODES = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
/** The same errors as numbers of the operating system: Deno gives a code only to some. */
const UNIX_NUMBERS = Deno.build.os === "darwin" ? [27, 28, 69] : [27, 28, 122];
const NUMBERS: ReadonlySet<number> = new Set(Deno.build.os === "windows" ? [39, 112] : UNIX_NUMBERS);

/** Tells whether an error means that there is no room on the disk, in the user's quota or in the limit of a file's size. */
export function isNoRoom(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string") return CODES.has(error.code);
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  return number !== undefined && NUMBERS.has(Number(number));
}

/** Says where there is no room, and what to do. The error is one that `isNoRoom` knows. */
export function describeNoRoom(error: unknown): string {
  // Deno has no name for the error of a write beyond `ulimit -f`.
  const text = error instanceof Error ? `${"code" in error ? error.code : ""} ${error.message}` : "";
  const isLimit = Deno.build.os !== "windows" && /EFBIG|\(os error 27\)/.test(text);
  if (!isLimit) return "no space left on its disk. Make room";
  return "it would exceed the file size limit. Raise the limit (ulimit -f), or use another file system";
}
