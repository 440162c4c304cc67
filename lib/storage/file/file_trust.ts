import { dirname } from "@std/path/dirname";
import { beginsLikeJournal } from "./classify_tail.ts";
import { openError } from "./open_error.ts";

/** Why what a journal names should not be run without a person having looked at it. */
export interface Distrust {
  /** Why, as a sentence without its full stop. */
  readonly reason: string;
  /** Somebody else can have written it; otherwise nobody here may find out. */
  readonly isKnown: boolean;
}

const OTHERS_MAY_WRITE = 0o022;
const STICKY = 0o1000;

/**
 * Tells why a journal is not to be trusted as it lies there: trusted is what belongs to this user or to root, and what
 * nobody else can write or replace.
 *
 * @param journal Its path.
 * @param info What the open file is.
 */
export function describeDistrust(journal: string, info: Deno.FileInfo): Distrust | undefined {
  if (Deno.build.os === "windows") return undefined;
  if (((info.mode ?? 0) & OTHERS_MAY_WRITE) !== 0) {
    return { reason: `others may write it (mode ${octal(info)}). Type chmod 600`, isKnown: true };
  }
  const folder = dirname(journal);
  if (Deno.permissions.querySync({ name: "read", path: folder }).state !== "granted") {
    const reason = `who may replace it cannot be told: Deno may not look at its folder. Add --allow-read=${folder}`;
    return { reason, isKnown: false };
  }
  const folderInfo = Deno.statSync(folder);
  const folderMode = folderInfo.mode ?? 0;
  if ((folderMode & OTHERS_MAY_WRITE) !== 0 && (folderMode & STICKY) === 0) {
    const name = JSON.stringify(folder);
    return { reason: `others may replace it: they may write ${name} (mode ${octal(folderInfo)})`, isKnown: true };
  }
  return describeOwners(info, folderInfo, folder);
}

function describeOwners(info: Deno.FileInfo, folderInfo: Deno.FileInfo, folder: string): Distrust | undefined {
  if (info.uid === 0 && folderInfo.uid === 0) return undefined;
  if (Deno.permissions.querySync({ name: "sys", kind: "uid" }).state !== "granted") {
    return {
      reason: "whose it is cannot be told: Deno may not ask who this user is. Add --allow-sys=uid",
      isKnown: false,
    };
  }
  const own = Deno.uid();
  const isOwn = (uid: number | null) => uid === own || uid === 0;
  if (!isOwn(info.uid)) return { reason: `it belongs to user ${info.uid}, not to this user (${own})`, isKnown: true };
  if (isOwn(folderInfo.uid)) return undefined;
  return {
    reason: `its folder ${JSON.stringify(folder)} belongs to user ${folderInfo.uid}, who may replace it`,
    isKnown: true,
  };
}

function octal(info: Deno.FileInfo): string {
  return ((info.mode ?? 0) & 0o7777).toString(8).padStart(4, "0");
}

/**
 * Says in words what is unwise about a journal file's mode. Nothing of what is no journal, and on systems
 * without modes.
 *
 * @throws {JournalNotFound} {@linkcode JournalRefused} It is not there, or may not be looked at.
 */
export function describeJournalMode(journal: string): readonly string[] {
  let mode: number | null;
  try {
    const info = Deno.statSync(journal);
    // Opening a named pipe would wait for somebody to write into it.
    if (!info.isFile || !beginsLikeJournal(journal)) return [];
    mode = info.mode;
  } catch (error) {
    throw openError(journal, error, "read");
  }
  if (mode === null || Deno.build.os === "windows") return [];
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  if ((mode & 0o022) !== 0) {
    return [`others may write it (mode ${octal}): what they write is run when it is resumed. Type chmod 600`];
  }
  if ((mode & 0o044) === 0) return [];
  return [`others may read it (mode ${octal}), arguments and values included. Type chmod 600 if that matters`];
}
