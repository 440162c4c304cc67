import { redaction } from "../../inspect/redact/redact_secrets.ts";
import type { Command, CommandIo, CommandRequest } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { JOURNAL, readJournal } from "../frame/journal_argument.ts";
import { showGraph, showJournal, showStep } from "../show/show_journal.ts";

/** In what form a journal is shown: without one of these options, as a summary. */
const FORMS = ["step", "events", "follow", "graph", "html"] as const;

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
  alternatives: [FORMS, ["graph", "json"], ["html", "json"]],
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

/** Only the code of the form that was asked for is evaluated. */
async function inspect(request: CommandRequest, io: CommandIo): Promise<number> {
  const { store, name: journal } = await readJournal(request, "read");
  const { flags, texts } = request;
  const options = {
    json: flags.has("json"),
    all: flags.has("all"),
    redact: redaction({ showSecrets: flags.has("show-secrets") }),
  };
  const form = FORMS.find((name) => flags.has(name) || texts.has(name));
  const value = texts.get(form ?? "") ?? "";
  switch (form) {
    case "step":
      await showStep(store, journal, io, { ...options, step: value });
      return EXIT.finished;
    case "events": {
      const { showEvents } = await import("../show/show_events.ts");
      await showEvents(store, journal, io, options);
      return EXIT.finished;
    }
    case "follow": {
      const { followJournal } = await import("../show/show_events.ts");
      return await followJournal(store, journal, io, options);
    }
    case "graph":
      await showGraph(store, journal, io, options);
      return EXIT.finished;
    case "html": {
      const { writePage } = await import("../show/write_page.ts");
      await writePage(store, journal, io, { ...options, file: value, force: flags.has("force") });
      return EXIT.finished;
    }
    case undefined:
      await showJournal(store, journal, io, options);
      return EXIT.finished;
    default:
      return form satisfies never;
  }
}
