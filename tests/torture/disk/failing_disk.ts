import { makeTempFolder } from "../../support/temp_folder.ts";
import { answerFromLog, resumeWords } from "../kill/answer_from_log.ts";
import { KillChecks } from "../kill/kill_checks.ts";
import { runAndKill } from "../kill/kill_process.ts";
import { type KillSpec, plainSpec } from "../kill/kill_spec.ts";
import { readLines } from "../kill/kill_steps.ts";
import { makeMemoryFolder } from "./memory_folder.ts";
import type { TortureReport } from "../torture_report.ts";

const NEVER = { kind: "never" } as const;
const IO_ERROR = 74;
/** A disk that stays full lets a resume come no further than this often. */
const MAX_VAIN_RESUMES = 30;

/** A disk that fails, and how it is repaired. */
interface FailingDisk {
  /** What fails, for the report. */
  readonly what: string;
  /** A step whose end was not recorded has to be decided about. With a disk that is only full there is none. */
  readonly mayLoseEnds: boolean;
  /** Runs a process on the failing disk. */
  readonly wrapper: readonly string[];
  /** Tells whether it has failed indeed; it has unless this says otherwise. */
  readonly hasFailed?: () => boolean;
  /** Later processes see the disk as it is then. */
  readonly repair: () => Promise<void>;
}

/**
 * Runs transactions on a file system that is full (ENOSPC), where it may be mounted.
 *
 * @param kibibytes The sizes of the file systems.
 * @returns Why not, if not.
 */
export async function tryFullDisks(report: TortureReport, kibibytes: readonly number[]): Promise<string | undefined> {
  for (const size of kibibytes) {
    await using folder = await makeTempFolder();
    const mountPoint = `${folder.path}/disk`;
    await Deno.mkdir(mountPoint);
    const refusal = await mount(["-t", "tmpfs", "-o", `size=${size}k`, "tmpfs", mountPoint]);
    if (refusal !== undefined) return refusal;
    try {
      const spec = { ...bulkySpec(folder.path), journal: `${mountPoint}/journal.json` };
      const repair = async () => void await mount(["-o", "remount,size=16m", mountPoint]);
      await survive(spec, report, { what: `ENOSPC at ${size} KiB`, mayLoseEnds: false, wrapper: [], repair });
    } finally {
      await new Deno.Command("umount", { args: [mountPoint] }).output();
    }
    report.count("full disks (ENOSPC)");
  }
  return undefined;
}

/** Runs transactions whose journals may not become longer than a number of KiB (EFBIG). */
export async function tryFileLimits(report: TortureReport, kibibytes: readonly number[]): Promise<void> {
  for (const size of kibibytes) {
    await using folder = await makeTempFolder();
    // The signal that would end the process is ignored, so that the write fails.
    const wrapper = ["bash", "-c", `trap '' XFSZ; ulimit -f ${size}; exec "$@"`, "bash"];
    const disk = { what: `EFBIG at ${size} KiB`, mayLoseEnds: false, wrapper, repair: () => Promise.resolve() };
    await survive(bulkySpec(folder.path), report, disk);
    report.count("file size limits (EFBIG)");
  }
}

/**
 * Runs transactions in which one sync fails (EIO), where strace may do that.
 *
 * @param syncs Which call it is, and which of its kind, counted from 1.
 * @returns Why not, if not.
 */
export async function tryFailingSyncs(
  report: TortureReport,
  syncs: readonly (readonly [call: "fsync" | "fdatasync", count: number])[],
): Promise<string | undefined> {
  const refusal = await findStraceRefusal();
  if (refusal !== undefined) return refusal;
  for (const [call, count] of syncs) {
    // Where syncs take no time, they are all made by one thread, and counted by it.
    await using folder = await makeMemoryFolder();
    const spec = plainSpec(folder.path, 6);
    const inject = `inject=${call}:error=EIO:when=${count}`;
    const trace = `${folder.path}/trace`;
    const wrapper = ["strace", "-f", "-qq", "-o", trace, "-P", spec.journal, "-e", `trace=${call}`, "-e", inject];
    const hasFailed = () => readLines(trace).some((line) => line.includes("INJECTED"));
    const disk = {
      what: `EIO at ${call} ${count}`,
      mayLoseEnds: true,
      wrapper,
      hasFailed,
      repair: () => Promise.resolve(),
    };
    await survive(spec, report, disk);
    if (hasFailed()) report.count("failing syncs (EIO)");
  }
  return undefined;
}

/** Why strace cannot be used here; nothing if it can. */
export async function findStraceRefusal(): Promise<string | undefined> {
  try {
    const { success, stderr } = await new Deno.Command("strace", { args: ["-f", "-o", "/dev/null", "true"] }).output();
    return success ? undefined : `strace: ${new TextDecoder().decode(stderr).trim()}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "there is no strace";
    throw error;
  }
}

/** Its journal grows by more than 100 KiB. */
function bulkySpec(folder: string): KillSpec {
  return plainSpec(folder, 40, { valueLength: 5000 });
}

async function survive(spec: KillSpec, report: TortureReport, disk: FailingDisk): Promise<void> {
  const checks = new KillChecks(spec, report, disk.what);
  const complain = (detail: string) => report.breach("other promises broken", `${disk.what}: ${detail}`);
  const start = ["start", JSON.stringify(spec)];
  const first = await runAndKill("program", start, NEVER, disk.wrapper);
  const expected = disk.hasFailed?.() === false ? 0 : IO_ERROR;
  if (first.code !== expected) complain(`exit code ${first.code} of the first run: ${first.stderr}`);
  if (!disk.mayLoseEnds) await resumeInVain(spec, checks, disk, complain);
  await disk.repair();
  const remains = await checks.look();
  const { state } = remains;
  const answers = state === undefined ? [] : answerFromLog(remains);
  if (answers.length > 0 && !disk.mayLoseEnds) complain("a step is unknown, though the disk was only full");
  const isNew = state === undefined || !state.isReady;
  const last = isNew
    ? await runAndKill("program", start, NEVER)
    : await runAndKill("cli", [...resumeWords(spec.journal, answers), "--keep"], NEVER);
  if (last.code !== 0) complain(`exit code ${last.code} when repaired: ${last.stderr}`);
  const after = await checks.look();
  if (after.state?.status !== "finished") complain(`is ${after.state?.status} in the end`);
  checks.checkEnd(after.effects);
}

/** Who resumes before there is room gets a little further, or nowhere; never into doubt. */
async function resumeInVain(
  spec: KillSpec,
  checks: KillChecks,
  disk: FailingDisk,
  complain: (detail: string) => void,
): Promise<void> {
  for (let count = 0; count < MAX_VAIN_RESUMES; count += 1) {
    const before = (await checks.look()).effects.length;
    if (before === 0) return;
    const { code, stderr } = await runAndKill("cli", ["resume", spec.journal, "--keep"], NEVER, disk.wrapper);
    const after = await checks.look();
    if (code !== IO_ERROR) complain(`exit code ${code} of a resume on the full disk: ${stderr}`);
    if (after.effects.length === before) return;
  }
}

async function mount(args: readonly string[]): Promise<string | undefined> {
  try {
    const { success, stderr } = await new Deno.Command("mount", { args: [...args] }).output();
    return success ? undefined : new TextDecoder().decode(stderr).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "there is no mount";
    throw error;
  }
}

/** Sizes from one to another, in KiB. */
export function sizesBetween(from: number, to: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => Math.round(from + (to - from) * index / Math.max(1, count - 1)));
}
