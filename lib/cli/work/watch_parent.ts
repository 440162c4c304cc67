import type { Report } from "../../work/work_report.ts";

/** How often a child looks whether the process that has started it is still there. */
const ORPHAN_MS = 1000;

/** A child without its parent ends as if it were stopped: another parent may have started others. */
export function watchParent(parent: number | undefined, report: Report): () => void {
  if (parent === undefined) return () => {};
  const timer = setInterval(() => {
    if (Deno.ppid === parent) return;
    clearInterval(timer);
    report({ kind: "notice", reason: `process ${parent}, which has started this one, is gone: stopping` });
    Deno.kill(Deno.pid, "SIGTERM");
  }, ORPHAN_MS);
  return () => clearInterval(timer);
}
