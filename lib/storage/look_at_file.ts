import { describeDistrust, type Distrust } from "./describe_distrust.ts";
import { describeStaying } from "./describe_staying.ts";
import { describeLinks, openRegularFile } from "./file_identity.ts";
import { describeDenied } from "./open_error.ts";
import { JournalRefused } from "../errors/opening_errors.ts";

/** What a run would have against the file of a journal. */
export interface FileLook {
  /** Why it would not be opened, as a sentence without its full stop. */
  readonly refusal?: string;
  /** Why it would not be trusted. */
  readonly distrust?: Distrust;
  /** Why it could not be removed when all steps are done, as far as that can be told without trying. */
  readonly staying?: string;
}

/** Looks at the file of a journal as a run does that opens it, and writes nothing. What may not be looked at counts for nothing. */
export function lookAtFile(journal: string): FileLook {
  const info = lookUp(journal);
  // That it is not there, or is no file, is told by whoever reads it.
  if (info === undefined) return {};
  const refusal = describeLinks(journal, info) ?? (info.isFile ? tryToOpen(journal) : undefined);
  if (refusal !== undefined) return { refusal };
  const distrust = describeDistrust(journal, info);
  const staying = describeStaying(journal, info, { isDry: true });
  return { ...(distrust === undefined ? {} : { distrust }), ...(staying === undefined ? {} : { staying }) };
}

function lookUp(journal: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(journal);
  } catch {
    return undefined;
  }
}

/** To open it for writing writes nothing. */
function tryToOpen(journal: string): string | undefined {
  if (Deno.permissions.querySync({ name: "write", path: journal }).state !== "granted") return undefined;
  try {
    openRegularFile(journal, "write").close();
    return undefined;
  } catch (error) {
    const isDenied = error instanceof JournalRefused && error.message.endsWith(describeDenied("write"));
    return isDenied ? describeDenied("write") : undefined;
  }
}
