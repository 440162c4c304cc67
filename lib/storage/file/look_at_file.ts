import { dirname } from "@std/path/dirname";
import { JournalRefused } from "../../errors/opening_errors.ts";
import { describeLinks, openRegularFile } from "./file_identity.ts";
import { describeDistrust, type Distrust } from "./file_trust.ts";
import { describeDenied } from "./open_error.ts";

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

const OWNER_MAY_CHANGE = 0o300;
const OTHERS_MAY_WRITE = 0o022;
const STICKY = 0o1000;

/**
 * Says in words why this user cannot remove a journal; nothing if that can be done, or cannot be told. In a folder of this
 * user's own a look at its mode is all that it takes; in another's only trying tells, for there are groups and access lists:
 * an empty file is made there, and removed.
 *
 * @param journal Its path.
 * @param info What the file is.
 * @param options `isDry`: makes no file; what only trying tells counts for nothing.
 */
export function describeStaying(
  journal: string,
  info: Deno.FileInfo,
  { isDry = false }: { readonly isDry?: boolean } = {},
): string | undefined {
  const folder = dirname(journal);
  if (Deno.build.os === "windows" || !isPermitted("read", folder)) return undefined;
  const folderInfo = Deno.statSync(folder);
  const mode = folderInfo.mode ?? 0;
  const own = Deno.permissions.querySync({ name: "sys", kind: "uid" }).state === "granted" ? Deno.uid() : undefined;
  if (own === 0 || (own === folderInfo.uid && (mode & OWNER_MAY_CHANGE) === OWNER_MAY_CHANGE)) return undefined;
  const isAnothers = own !== undefined && own !== folderInfo.uid && own !== info.uid;
  if (!(isAnothers && (mode & STICKY) !== 0)) {
    if (isDry ? !isClosed(own, folderInfo) : mayMakeAndRemove(folder)) return undefined;
  }
  const octal = (mode & 0o7777).toString(8).padStart(4, "0");
  const name = JSON.stringify(folder);
  return `when all steps are done it is removed, and this user may not remove files of ${name} (mode ${octal}, of user ` +
    `${folderInfo.uid}). Change that, or keep it: --keep, or keep: true`;
}

/**
 * Whether the mode alone tells that this user may not write a folder. On Linux no access list gives what the mode of the
 * group does not; of other systems that is not known.
 */
function isClosed(own: number | null | undefined, { uid, mode }: Deno.FileInfo): boolean {
  if (own === undefined || own === null || Deno.build.os !== "linux") return false;
  return own === uid || ((mode ?? 0) & OTHERS_MAY_WRITE) === 0;
}

/** A crash in between leaves an empty file. */
function mayMakeAndRemove(folder: string): boolean {
  if (!isPermitted("write", folder)) return true;
  try {
    Deno.removeSync(Deno.makeTempFileSync({ dir: folder, prefix: ".resumable_tx_" }));
    return true;
  } catch (error) {
    // Whatever else is wrong there has nothing to do with what this user may do.
    return !(error instanceof Deno.errors.PermissionDenied);
  }
}

function isPermitted(name: "read" | "write", path: string): boolean {
  return Deno.permissions.querySync({ name, path }).state === "granted";
}
