import { MAX_RETRIES } from "../../journal/event.ts";
import { DEFAULT_NOTICES, type NoticeWord, parseNoticeWords } from "../../work/notify/notify_options.ts";
import { type NotifierCommand, parseCommand, requireNotifier } from "../../work/notify/notify_options.ts";
import { resolve } from "@std/path/resolve";
import { toFileUrl } from "@std/path/to-file-url";
import { TrustedModules } from "../../work/trusted_modules.ts";
import { isOfDatabase, schemeOf } from "../../storage/locator_scheme.ts";
import type { OpenedPlace } from "../../storage/locator.ts";
import { attempt } from "../../values/shape.ts";
import { type CommandRequest, UsageError } from "../frame/command.ts";
import { parseDuration } from "../frame/parse_duration.ts";

/** What `work` was called with. */
export interface WorkSettings {
  readonly trusted: TrustedModules | undefined;
  readonly queues: readonly string[] | undefined;
  readonly concurrency: number;
  /** 0: everything runs in this process. */
  readonly processes: number;
  /** How often what has failed is tried again. */
  readonly retryFailed: number;
  readonly drains: boolean;
  readonly graceMs: number;
  readonly isVerbose: boolean;
  readonly isJson: boolean;
  /** Flags for the children. */
  readonly deno: readonly string[];
  /** The process that has started this one as its child. */
  readonly supervisor: number | undefined;
  /** The path of the file that says that the worker lives. */
  readonly health: string | undefined;
  /** Who tells a person, and of what. */
  readonly notifier: { readonly command: NotifierCommand; readonly on: ReadonlySet<NoticeWord> } | undefined;
  /** URL of the module whose schedules fire. */
  readonly schedules: string | undefined;
  /** This process fires schedules, and runs nothing. */
  readonly fires: boolean;
}

const CONCURRENCY = 100;
const GRACE_MS = 30_000;
const [MAX_CONCURRENCY, MAX_PROCESSES] = [10_000, 256];

export function readSettings({ name }: OpenedPlace, request: CommandRequest): WorkSettings {
  const { texts, flags } = request;
  const words = (option: string) => request.values.flatMap(({ name, value }) => (name === option ? [value] : []));
  const [modules, queues, grace] = [words("modules"), words("queue"), texts.get("grace")];
  if (isOfDatabase(name) && modules.length === 0) {
    throw new UsageError(
      "--modules is missing: everyone who may write to the database could make this process run any code. " +
        "Name the modules of your steps, as --modules /srv/app/ or --modules jsr:@acme/steps@1",
    );
  }
  if (queues.length > 0 && !isOfDatabase(name)) {
    throw new UsageError("The option --queue is about a database, and folders have no queues");
  }
  const trusted = modules.length === 0 ? undefined : readModules(modules);
  const isServer = schemeOf(name)?.startsWith("postgres") === true;
  return {
    trusted,
    queues: queues.length === 0 ? undefined : queues,
    concurrency: readNumber(texts.get("concurrency"), "concurrency", [1, MAX_CONCURRENCY]) ?? CONCURRENCY,
    processes: readNumber(texts.get("processes"), "processes", [0, MAX_PROCESSES]) ??
      (isServer ? navigator.hardwareConcurrency : 1),
    retryFailed: readNumber(texts.get("retry-failed"), "retry-failed", [0, MAX_RETRIES]) ?? 0,
    drains: flags.has("drain"),
    graceMs: grace === undefined ? GRACE_MS : parseDuration(grace, "--grace"),
    isVerbose: flags.has("verbose"),
    isJson: flags.has("json"),
    deno: words("deno").map(checkFlag),
    supervisor: readNumber(texts.get("child"), "child", [1, Number.MAX_SAFE_INTEGER]),
    health: texts.get("health"),
    notifier: readNotifier(name, texts),
    schedules: readModule(texts.get("schedules"), trusted),
    fires: flags.has("fire"),
  };
}

/** What it fires has it as its home. */
function readModule(word: string | undefined, trusted: TrustedModules | undefined): string | undefined {
  if (word === undefined) return undefined;
  const url = scheduleModule(word);
  if (trusted?.has(url) === false) {
    throw new UsageError(
      `The module ${JSON.stringify(url)} of --schedules is none of --modules: this worker would not run what it fires`,
    );
  }
  return url;
}

/** The URL of a module that is named by its path or its URL. */
export function scheduleModule(word: string): string {
  return /^(?:https?|file|jsr|npm|data):/i.test(word) ? word : toFileUrl(resolve(word)).href;
}

function readNotifier(scope: string, texts: CommandRequest["texts"]): WorkSettings["notifier"] {
  const [command, on] = [texts.get("notify"), texts.get("notify-on")];
  if (command === undefined) return undefined;
  const notifier = reading("notify", command, parseCommand);
  requireNotifier(scope, notifier);
  return {
    command: notifier,
    on: on === undefined ? new Set(DEFAULT_NOTICES) : reading("notify-on", on, parseNoticeWords),
  };
}

function reading<T>(option: string, text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`Cannot read ${JSON.stringify(text)} of --${option}: ${error.message}`);
  }
}

function checkFlag(flag: string): string {
  if (/^--?[a-z]/i.test(flag)) return flag;
  throw new UsageError(`Cannot use ${JSON.stringify(flag)} of --deno: write a flag, as --deno=--allow-net`);
}

function readModules(words: readonly string[]): TrustedModules {
  const isFolder = (path: string) => attempt(() => Deno.statSync(path).isDirectory) === true;
  for (const word of words) {
    try {
      new TrustedModules([word], isFolder);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new UsageError(`Cannot use ${JSON.stringify(word)} of --modules: ${error.message}`);
    }
  }
  return new TrustedModules(words, isFolder);
}

function readNumber(
  text: string | undefined,
  option: string,
  [least, most]: readonly [number, number],
): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d{1,16}$/.test(text) && number >= least && number <= most) return number;
  throw new UsageError(
    `Cannot read ${JSON.stringify(text)} of --${option}: write a whole number from ${least} to ${most}`,
  );
}
