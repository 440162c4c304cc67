import { redaction } from "../../inspect/redact/redact_secrets.ts";
import type { Located } from "../../storage/locator.ts";
import type { Command, CommandIo, CommandRequest } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { JOURNAL, readJournal } from "../frame/journal_argument.ts";
import { showGraph, showJournal, type ShowOptions, showStep } from "../show/show_journal.ts";

type Show = (place: Located, io: CommandIo, options: ShowOptions) => Promise<number | void>;

/** The options that choose in what form a journal is shown. Only the code of that form is evaluated. */
const FORMS: ReadonlyMap<string, Show> = new Map<string, Show>([
  ["step", showStep],
  ["events", async (...call) => await (await import("../show/show_events.ts")).showEvents(...call)],
  ["follow", async (...call) => await (await import("../show/show_events.ts")).followJournal(...call)],
  ["graph", showGraph],
  ["html", async (...call) => await (await import("../show/write_page.ts")).writePage(...call)],
]);

export const inspectCommand: Command = {
  name: "inspect",
  summary: "Shows what has happened in a transaction, what is left, and what to type next",
  details: [
    "This command only reads, even while the transaction is running. It imports nothing and needs only --allow-read.",
    "A plan of more than 60 steps is summarized around the steps that matter. On a terminal, long lines are cut (…): --step " +
    "shows them in full.",
    "--html FILE writes a page with a summary, a timeline, the steps and the history. The page has no scripts, and " +
    "only you can read it. It is the only file that inspect writes, and it also needs --allow-write.",
    "For an error, inspect also shows the line of source, if it has permission to read the file.",
    "Values under a key that looks like a secret (password, token, api_key and the like) are shown as «redacted» in " +
    "all output. A secret that is a plain argument of a step, or part of an error message, has no key and is shown.",
  ],
  permissions: "--allow-read",
  arguments: [JOURNAL],
  options: [
    { name: "step", value: "STEP", summary: "shows everything about one step, by number or name" },
    { name: "events", summary: "shows the history: every event with its time, in words" },
    { name: "follow", summary: "shows each event as it is recorded, until no process is running the transaction" },
    { name: "graph", summary: "writes the plan as a Mermaid flowchart" },
    {
      name: "html",
      value: "FILE",
      summary: "writes a self-contained page for a browser; --html=- writes it to standard output",
      completion: "file",
    },
    { name: "force", belongsTo: "html", summary: "with --html: replaces an existing page, but never a journal" },
    { name: "all", summary: "shows every step or event, however many there are" },
    { name: "show-secrets", summary: "shows values that look like secrets" },
    { name: "json", summary: "writes everything as JSON" },
  ],
  alternatives: [[...FORMS.keys()], ["graph", "json"], ["html", "json"]],
  exitCodes: [
    [EXIT.finished, "shown, regardless of the transaction's status; with --follow: it has finished"],
    [EXIT.failed, "with --follow: a step failed, or the transaction was rolled back or cancelled"],
    [EXIT.usage, "wrong usage, there is no such step, or the page already exists"],
    [EXIT.paused, "with --follow: it waits, or its process died"],
    [EXIT.damaged, "the journal is damaged, or has a newer format"],
    [EXIT.notFound, "no such journal"],
    [EXIT.ioError, "the disk failed, or the page cannot be written"],
    [EXIT.refused, "no permission to read the journal, or to write the page"],
    [EXIT.interrupted, "with --follow: stopped by SIGINT"],
    [EXIT.terminated, "with --follow: stopped by SIGTERM"],
  ],
  examples: [
    { words: "inspect welcome.json", what: "shows where it stopped, why, and which commands continue it" },
    {
      words: "inspect welcome.json --step mail",
      what: "shows the step named mail: attempts, errors, arguments, value",
    },
    { words: "inspect welcome.json --events", what: "shows what has happened, in order" },
    { words: "inspect welcome.json --follow", what: "watches a transaction while another process runs it" },
    { words: "inspect welcome.json --graph >welcome.mmd", what: "draws the plan with the statuses of its steps" },
    { words: "inspect welcome.json --html=- >welcome.html", what: "writes a page that you can send by mail" },
    { words: "inspect welcome.json --all --show-secrets", what: "shows every step, and values that look like secrets" },
    { words: "inspect welcome.json --json | jq .counts", what: "counts the steps by their status" },
  ],
  run: inspect,
};

async function inspect(request: CommandRequest, io: CommandIo): Promise<number> {
  const place = await readJournal(request, "read");
  const { flags, texts } = request;
  const form = FORMS.keys().find((name) => flags.has(name) || texts.has(name)) ?? "";
  const code = await (FORMS.get(form) ?? showJournal)(place, io, {
    json: flags.has("json"),
    all: flags.has("all"),
    redact: redaction({ showSecrets: flags.has("show-secrets") }),
    value: texts.get(form) ?? "",
    force: flags.has("force"),
  });
  return code ?? EXIT.finished;
}
