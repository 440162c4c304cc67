const ROOT = new URL("../../", import.meta.url);

/** Which folders a text names. */
export interface MaskOptions {
  /** Path of the folder that the program ran in. */
  readonly folder: string;
  /**
   * URL of the project, ending in a slash.
   *
   * @default this project's
   */
  readonly project?: string;
}

/**
 * Masks what differs from run to run in the output of programs: places, times, durations, ids, ports, stack traces, the
 * words of the operating system, and the widths of columns, which depend on all these.
 */
export function maskOutput(text: string, { folder, project = ROOT.href }: MaskOptions): string {
  return withoutStacks(text)
    .replaceAll(project, "<project>/")
    .replaceAll(folder, "<folder>")
    .replace(/transaction-\d{8}-\d{6}-[0-9a-f]{8}\.json/g, "<journal>")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>")
    .replace(/\b(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d{3}\b/g, "<time>")
    .replace(/\b(?:at )[\d.]+ s\b/g, "at <time>")
    .replace(/\b(took|after) (?:under )?[\d.]+ (?:ms|s|min)\b/g, "$1 <time>")
    .replace(/\bprocess \d+ on \S+/g, "process <id> on <host>")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>")
    .replace(/\b(AlreadyExists|NotFound): .*\(os error \d+\)/g, "$1: <system error>")
    .replace(/\bat async /g, "at ")
    .replace(/^ +at .*<project>\/lib\/.*\n/gm, "")
    .replace(/:\d+:\d+\)$/gm, ":<place>)")
    .replace(/ {2,}/g, "  ");
}

/** Leaves out the stack traces that Deno prints, the line of source before them, and news of downloads. */
function withoutStacks(text: string): string {
  const lines = text.split("\n").filter((line) => !/^(?:Download|Initialize|Check) /.test(line));
  return lines.filter((line, index) => {
    const isCaret = /^ +\^+$/.test(line);
    const isExcerpt = /^ +\^+$/.test(lines[index + 1] ?? "");
    return !isCaret && !isExcerpt && !/^ {4}(?:at |…$)/.test(line);
  }).join("\n");
}
