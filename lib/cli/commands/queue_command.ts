import { unicodeWidth } from "@std/cli/unicode-width";
import { formatCount } from "../../inspect/format/format_counts.ts";
import { isBareName, isOfDatabase } from "../../storage/locator_scheme.ts";
import type { OpenedPlace } from "../../storage/locator.ts";
import type { Queue, QueueLimits, QueueRate, QueueStore } from "../../storage/work_store.ts";
import type { Store } from "../../storage/store.ts";
import { escapeForTerminal, quote } from "../../text/escape.ts";
import { suggestName } from "../../text/suggest_name.ts";
import {
  type Command,
  type CommandIo,
  type CommandRequest,
  UsageError,
  writeJson,
  writeLines,
} from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { locate } from "../frame/journal_argument.ts";

const ACTIONS = ["list", "set", "pause", "resume"] as const;
type Action = (typeof ACTIONS)[number];

export const queueCommand: Command = {
  name: "queue",
  summary: "Lists the queues of a database, limits how much of one runs at once, and pauses one",
  details: [
    "queue list shows, for each queue, how many transactions run, how many are due now and later, and its limits.",
    "queue set changes the limits of a queue. They hold for all workers on all machines together. --max-running limits how " +
    "many transactions run at the same time. --rate limits how many begin or continue: 10/s, 10/min or 10/h. --burst says how " +
    "many of these may come at once. What is not given stays as it is. What runs already is not stopped.",
    "queue pause lets workers begin nothing of a queue any more, until queue resume. What is running continues, and the command " +
    "resume still runs a transaction of the queue.",
    "The command resume obeys the limits: if the queue is full, its exit code is 75.",
  ],
  permissions: "-A",
  arguments: [
    { name: "ACTION", summary: "list, set, pause or resume", completion: ACTIONS },
    {
      name: "STORE",
      summary: "locator of the database; default: the store",
      isOptional: true,
      completion: "folder",
    },
    { name: "QUEUE", summary: "name of the queue, except for list", isOptional: true, completion: [] },
  ],
  options: [
    { name: "max-running", value: "N", summary: "how many may run at the same time, or none for no limit" },
    { name: "rate", value: "RATE", summary: "how many may begin or continue, as 10/s, 10/min or 10/h, or none" },
    { name: "burst", value: "N", summary: "how many of them at once; default: those of a second", belongsTo: "rate" },
    { name: "json", summary: "writes the queues, or the one that was changed, as JSON" },
  ],
  exitCodes: [
    [EXIT.finished, "listed or changed"],
    [EXIT.usage, "wrong usage, or it is no database"],
    [EXIT.damaged, "the database is damaged"],
    [EXIT.notFound, "no such database"],
    [EXIT.ioError, "the database cannot be reached, the disk failed, or there is no room"],
    [EXIT.refused, "a permission is missing, or the tables are of a newer version"],
  ],
  examples: [
    { words: "queue list postgres://tx@db/tx", what: "shows all queues" },
    {
      words: "queue set postgres://tx@db/tx mail --max-running 5 --rate 100/min --burst 10",
      what: "limits the queue mail",
    },
    { words: "queue pause postgres://tx@db/tx mail", what: "lets workers begin nothing of it any more" },
  ],
  run: changeQueue,
};

const MAX_NAME = 200;
const MAX_COUNT = 1_000_000;
/** Units of a rate, the smallest first. */
const UNITS: ReadonlyMap<string, number> = new Map([["s", 1], ["min", 60], ["h", 3600]]);

async function changeQueue(request: CommandRequest, io: CommandIo): Promise<number> {
  const action = readAction(request.arguments[0] ?? "");
  const { word, name } = readTarget(action, request);
  const limits = readLimits(action, request);
  const queues = queuesOf(await locate(word, request));
  if (action === "list") {
    const all = await queues.list();
    if (request.flags.has("json")) writeJson(io, { queues: all });
    else for (const line of renderQueues(all)) io.writeOut(`${line}\n`);
    if (all.length === 0) writeLines(io, ["No transaction has named a queue yet"]);
    return EXIT.finished;
  }
  const { isNew } = await change(queues, action, { name, limits });
  const changed = (await queues.list()).find((queue) => queue.name === name);
  if (changed !== undefined) tell(changed, isNew, request, io);
  return EXIT.finished;
}

function change(
  queues: QueueStore,
  action: Exclude<Action, "list">,
  { name, limits }: { readonly name: string; readonly limits: QueueLimits },
): ReturnType<QueueStore["set"]> {
  switch (action) {
    case "set":
      return queues.set(name, limits);
    case "pause":
      return queues.pause(name);
    case "resume":
      return queues.resume(name);
    default:
      return action satisfies never;
  }
}

function tell(queue: Queue, isNew: boolean, { flags }: CommandRequest, io: CommandIo): void {
  if (flags.has("json")) writeJson(io, { ...queue, isNew });
  writeLines(io, [
    describeLimits(queue),
    ...(isNew ? ["No transaction has named this queue yet: check how its name is written"] : []),
  ]);
}

function readAction(word: string): Action {
  const action = ACTIONS.find((one) => one === word);
  if (action !== undefined) return action;
  const near = suggestName(word, ACTIONS);
  const hint = near === undefined ? `: use ${ACTIONS.join(", ")}` : `. Did you mean ${near}?`;
  throw new UsageError(`Unknown action ${JSON.stringify(word)} of queue${hint}`);
}

/** With a store of its own or from the environment, the one word that is left is a queue. */
function readTarget(
  action: Action,
  { arguments: [, first, second], store }: CommandRequest,
): { readonly word: string; readonly name: string } {
  const isPlace = first !== undefined && (second !== undefined || action === "list" || isOfDatabase(first));
  const word = isPlace ? first : store;
  const name = isPlace ? second : first;
  if (word === undefined) throw new UsageError(missingPlace(first));
  if (action === "list") {
    if (name !== undefined) throw new UsageError("queue list shows all queues: leave out the name");
    return { word, name: "" };
  }
  if (name === undefined) throw new UsageError(`Name the queue: queue ${action} STORE QUEUE`);
  if (name.trim() === "" || name.length > MAX_NAME) {
    throw new UsageError(`The name of a queue has 1 to ${MAX_NAME} characters`);
  }
  return { word, name: name.toWellFormed() };
}

function missingPlace(word: string | undefined): string {
  const isPath = word !== undefined && !isBareName(word);
  return isPath ? ONLY_DATABASES : "Name the database, as the second word or with --store";
}

const ONLY_DATABASES = "Only databases have queues: write sqlite:PATH or postgres://USER@HOST/DATABASE";

function queuesOf({ store, name, given }: OpenedPlace): QueueStore {
  const { queues }: Store & { readonly queues?: QueueStore } = store;
  if (queues === undefined || !isOfDatabase(name)) throw new UsageError(ONLY_DATABASES);
  if (given === undefined) return queues;
  throw new UsageError('The locator names a transaction: leave out "#" and what follows');
}

function readLimits(action: Action, { texts }: CommandRequest): QueueLimits {
  const [max, rate, burst] = [texts.get("max-running"), texts.get("rate"), texts.get("burst")];
  const isGiven = max !== undefined || rate !== undefined;
  if (action !== "set" && isGiven) throw new UsageError(`queue ${action} sets no limits: use queue set`);
  if (action === "set" && !isGiven) throw new UsageError("Pass what to set: --max-running or --rate");
  if (rate === "none" && burst !== undefined) throw new UsageError("Without a rate there is no --burst");
  return {
    maxRunning: max === undefined ? undefined : max === "none" ? max : readCount(max, "max-running"),
    rate: rate === undefined ? undefined : rate === "none" ? rate : readRate(rate, burst),
  };
}

function readCount(text: string, option: string): number {
  const count = Number(text);
  if (/^\d{1,7}$/.test(text) && count >= 1 && count <= MAX_COUNT) return count;
  const pause = option === "max-running" && count === 0 ? ". To run nothing, use queue pause" : "";
  throw new UsageError(
    `Cannot read ${JSON.stringify(text)} of --${option}: write a whole number from 1 to ${MAX_COUNT}${pause}`,
  );
}

function readRate(text: string, burst: string | undefined): QueueRate {
  const [, number = "", unit = "s"] = /^(\d+(?:\.\d+)?)(?:\/(s|min|h))?$/.exec(text) ?? [];
  const perSecond = Number(number) / (UNITS.get(unit) ?? 1);
  if (number === "" || !(perSecond > 0 && perSecond <= MAX_COUNT)) {
    throw new UsageError(`Cannot read the rate ${JSON.stringify(text)}: write 10/s, 10/min or 10/h, or none`);
  }
  return { perSecond, burst: burst === undefined ? Math.max(1, Math.floor(perSecond)) : readCount(burst, "burst") };
}

const HEADER = ["queue", "running", "due", "later", "limits"];

/** Shows queues in columns. Everything is escaped. */
function renderQueues(queues: readonly Queue[]): readonly string[] {
  if (queues.length === 0) return [];
  const rows = [HEADER, ...queues.map(cellsOf)];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => unicodeWidth(row[column] ?? ""))));
  return rows.map((row) => {
    const cells = row.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - unicodeWidth(cell)));
    return cells.join("  ").trimEnd();
  });
}

function cellsOf(queue: Queue): readonly string[] {
  const { name, running, due, sleeping } = queue;
  const counts = [running, due, sleeping].map(formatCount);
  return [escapeForTerminal(name), ...counts, limitsOf(queue).join(", ")];
}

/** What an operator has said of a queue, as one sentence without its full stop. */
function describeLimits(queue: Queue): string {
  const limits = limitsOf(queue);
  return `Queue ${quote(queue.name)}: ${limits.length === 0 ? "no limits" : limits.join(", ")}`;
}

function limitsOf({ maxRunning, rate, isPaused }: Queue): readonly string[] {
  return [
    ...(isPaused ? ["paused"] : []),
    ...(maxRunning === undefined ? [] : [`at most ${formatCount(maxRunning)} running`]),
    ...(rate === undefined ? [] : [formatRate(rate)]),
  ];
}

function formatRate({ perSecond, burst }: QueueRate): string {
  const [unit, seconds] = [...UNITS].find(([, seconds]) => perSecond * seconds >= 1) ?? ["h", 3600];
  const number = Math.round(perSecond * seconds * 1000) / 1000;
  return `${number}/${unit} (${formatCount(burst)} at once)`;
}
