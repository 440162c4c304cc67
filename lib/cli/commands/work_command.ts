import type { Command, CommandIo, CommandRequest } from "../frame/command.ts";
import { NOTICE_WORDS } from "../../work/notify/notify_options.ts";
import { JournalNotFound } from "../../errors/opening_errors.ts";
import { isOfDatabase } from "../../storage/locator_scheme.ts";
import { EXIT } from "../frame/exit_code.ts";
import { readJournal } from "../frame/journal_argument.ts";

export const workCommand: Command = {
  name: "work",
  summary: "Runs what is due in a folder or a database, until it is stopped",
  details: [
    "Due is what was enqueued, what sleeps until a time that has come, what waits for a signal that has arrived, and what was " +
    "interrupted. Transactions that were aborted, or that need a decision, are left for a person.",
    "work starts child processes, which run many transactions side by side. If a step ends its process, or uses all its memory, " +
    "that costs one child: another one takes its place, and its transactions continue as after a crash. On SIGHUP, all children " +
    "are replaced, one after the other. They are replaced, too, when a local module that they have loaded changes.",
    "On SIGTERM or Ctrl-C, running steps may end (--grace); their transactions continue in the next process. A second signal " +
    "ends all of them at once.",
    "Everyone who may write to a database could make a worker run any code. Therefore --modules is required there: the worker runs " +
    "only transactions whose modules all begin with one of these URLs or paths.",
    "A transaction whose modules cannot be loaded here is left as it is, and tried again a minute later.",
    "Children get the permissions and settings of this process. Where they cannot be found out, pass what they need by --deno.",
    "The log is on standard error, one line for each event. Standard output belongs to the steps.",
  ],
  permissions: "-A",
  arguments: [{ name: "STORE", summary: "locator of the database, or path of the folder", completion: "folder" }],
  options: [
    {
      name: "modules",
      value: "PREFIX",
      summary: "runs only what is in these modules: a URL or its beginning, a file, or a folder with everything in it",
      isRepeatable: true,
    },
    { name: "queue", value: "NAME", summary: "only transactions of this queue of a database", isRepeatable: true },
    { name: "concurrency", value: "N", summary: "transactions that each process runs side by side; default: 100" },
    {
      name: "processes",
      value: "COUNT",
      summary: "child processes; 0 runs everything in this one; default: 1, with PostgreSQL one for each core",
    },
    {
      name: "retry-failed",
      value: "COUNT",
      summary:
        "tries transactions again that have failed and whose authors allow it (retryFailed), at most this often; default: 0",
    },
    { name: "drain", summary: "ends as soon as nothing is due and nothing is running" },
    {
      name: "grace",
      value: "TIME",
      summary: "how long running steps may take to end when work is stopped, as 30s or 5m; default: 30s",
    },
    {
      name: "notify",
      value: "PROGRAM",
      summary: "tells a person by this program what needs one; it gets JSON on its standard input",
    },
    {
      name: "notify-on",
      value: "STATUS,…",
      summary: "what it tells of; default: waiting,aborted,skipped",
      belongsTo: "notify",
      completion: NOTICE_WORDS,
    },
    {
      name: "health",
      value: "FILE",
      summary: "rewrites this file about every 10 s, as JSON, as long as the worker lives",
      completion: "file",
    },
    {
      name: "deno",
      value: "FLAG",
      summary: "a flag of deno run for the children, as --deno=--allow-net",
      isRepeatable: true,
    },
    { name: "verbose", summary: "also tells of each step that has finished" },
    { name: "json", summary: "writes each line of the log as JSON" },
    {
      name: "schedules",
      value: "MODULE",
      summary: "fires the schedules that this module exports, a path or a URL",
    },
    { name: "fire", summary: "fires schedules, and runs nothing", isInternal: true },
    { name: "child", value: "PID", summary: "of the process that has started this one", isInternal: true },
  ],
  exitCodes: [
    [EXIT.finished, "stopped, or nothing is due any more (--drain)"],
    [EXIT.failed, "with --drain: a transaction that was run is aborted or undone"],
    [EXIT.usage, "wrong usage"],
    [EXIT.paused, "with --drain: a transaction that was run needs a person, and none is aborted"],
    [EXIT.notFound, "no such folder or database"],
    [EXIT.ioError, "the disk failed, or the database cannot be reached"],
    [EXIT.refused, "a permission is missing"],
  ],
  examples: [
    { words: "work /var/lib/welcome", what: "runs what is due in a folder" },
    {
      words: "work postgres://tx@db/tx --modules /srv/app/ --modules jsr:@acme/steps@1",
      what: "runs what is due in a database",
    },
    { words: "work /var/lib/welcome --drain", what: "runs what is due, and ends: for cron or a timer" },
  ],
  run: work,
};

async function work(request: CommandRequest, io: CommandIo): Promise<number> {
  const { readSettings } = await import("../work/read_settings.ts");
  const place = await readJournal(request, "write", "scope").catch(async (error) => {
    if (!(error instanceof JournalNotFound) || !isOfDatabase(error.journal)) throw error;
    throw (await import("../../messages/describe_migration.ts")).missingDatabase(error);
  });
  const settings = readSettings(place, request);
  if (settings.fires) {
    const { fireHere } = await import("../work/fire_here.ts");
    return await fireHere(place, settings, io);
  }
  if (settings.processes > 0 && settings.supervisor === undefined) {
    const { supervise } = await import("../work/supervise.ts");
    return await supervise(place, settings, io);
  }
  const { runHere } = await import("../work/run_here.ts");
  return await runHere(place, settings, io);
}
