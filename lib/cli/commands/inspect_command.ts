import { readState } from "../../inspect/data/read_state.ts";
import { FileStore } from "../../storage/file/file_store.ts";
import { type Command, type CommandIo, type CommandRequest, UsageError } from "../frame/command.ts";
import { EXIT } from "../frame/exit_code.ts";
import { readJournalArgument, readRedaction } from "../frame/read_arguments.ts";
import { requirePermission } from "../frame/require_permission.ts";
import { showJournal } from "../show/show_journal.ts";

/** `inspect`: shows what a journal holds. */
export const inspectCommand: Command = {
  name: "inspect",
  summary: "Shows what a journal holds: what has happened, what is left, and what to type next",
  details: [
    "Only reads, also while the transaction is being run, and imports nothing of it. Needs --allow-read alone.",
    "A plan of more than 60 steps is summed up around what matters. On a terminal longer lines are cut (…): --step has " +
    "what is cut.",
    "With --html FILE that is a page of summary, timeline, steps and history: without scripts, and readable by you alone. " +
    "That is the one file that inspect ever writes, and needs --allow-write as well.",
    "Of an error the line of source is shown where the file can be read.",
    "What lies in a value under a key that looks like a secret (password, token, api_key and the like) is shown as " +
    "«redacted», in all that inspect writes. What a step got as a plain argument, or put into an error, has no key.",
  ],
  permissions: "--allow-read",
  arguments: [{ name: "JOURNAL", summary: "path or file: URL of the journal", completion: "journal" }],
  options: [
    { name: "step", value: "STEP", summary: "shows everything about one step: its number, or its name" },
    { name: "events", summary: "shows the history: every event with its time, in words" },
    { name: "follow", summary: "shows each event when it is written, until no process runs the transaction any more" },
    { name: "graph", summary: "writes the plan as a flowchart, in the language of Mermaid" },
    {
      name: "html",
      value: "FILE",
      summary: "writes a page for a browser, with nothing in it from elsewhere; --html=- to standard output",
      completion: "file",
    },
    { name: "force", summary: "replaces the page if there is one; never a journal" },
    { name: "all", summary: "shows every step or event, however many there are" },
    { name: "show-secrets", summary: "shows what looks like a secret" },
    { name: "json", summary: "writes everything as JSON" },
  ],
  exitCodes: [
    [EXIT.finished, "shown, whatever the transaction's status; with --follow: it has finished"],
    [EXIT.failed, "with --follow: a step failed, or the transaction was rolled back or cancelled"],
    [EXIT.usage, "called in a way that makes no sense, there is no such step, or there is such a page already"],
    [EXIT.paused, "with --follow: it waits, or its process died"],
    [EXIT.damaged, "the journal is damaged, or of a newer format"],
    [EXIT.notFound, "no such journal"],
    [EXIT.ioError, "the disk failed, or the page cannot be written"],
    [EXIT.refused, "the journal may not be read, or the page not be written"],
    [EXIT.interrupted, "with --follow: stopped by SIGINT"],
    [EXIT.terminated, "with --follow: stopped by SIGTERM"],
  ],
  examples: [
    { words: "inspect welcome.json", what: "shows where it stopped, why, and which commands go on from there" },
    {
      words: "inspect welcome.json --step mail",
      what: "shows the step named mail: attempts, errors, arguments, value",
    },
    { words: "inspect welcome.json --events", what: "shows what has happened, in order" },
    { words: "inspect welcome.json --follow", what: "watches a transaction while another process runs it" },
    { words: "inspect welcome.json --graph >welcome.mmd", what: "draws the plan with the statuses of its steps" },
    { words: "inspect welcome.json --html=- >welcome.html", what: "writes a page that can be mailed" },
    { words: "inspect welcome.json --all --show-secrets", what: "shows every step, and what looks like a secret" },
    { words: "inspect welcome.json --json | jq .counts", what: "counts the steps by their status" },
  ],
  run: inspect,
};

/** Forms in which a journal can be shown, of which one at a time makes sense. */
const FORMS = ["step", "events", "follow", "graph", "html"] as const;

async function inspect(request: CommandRequest, io: CommandIo): Promise<number> {
  const journal = readJournalArgument(request);
  const { flags } = request;
  const form = readForm(request);
  requirePermission(journal, "read");
  if (flags.has("json") && (form.name === "graph" || form.name === "html")) {
    throw new UsageError(`--${form.name} and --json exclude each other`, "inspect");
  }
  if (flags.has("force") && form.name !== "html") throw new UsageError("--force is for --html", "inspect");
  const store = new FileStore();
  const options = {
    json: flags.has("json"),
    all: flags.has("all"),
    redact: readRedaction(flags),
  };
  // Each form is loaded when it is asked for: what most people want shall not wait for the others.
  switch (form.name) {
    case "step": {
      const { showStep } = await import("../show/show_journal.ts");
      showStep(await readState(store, journal), io, { ...options, step: form.value });
      return EXIT.finished;
    }
    case "events": {
      const { showEvents } = await import("../show/show_events.ts");
      await showEvents(store, journal, io, options);
      return EXIT.finished;
    }
    case "follow": {
      const { followJournal } = await import("../show/follow_journal.ts");
      return await followJournal(journal, io, options);
    }
    case "graph": {
      const { showGraph } = await import("../show/show_journal.ts");
      await showGraph(store, journal, io, options);
      return EXIT.finished;
    }
    case "html": {
      const { writePage } = await import("../show/write_page.ts");
      await writePage(store, journal, io, { ...options, file: form.value, force: flags.has("force") });
      return EXIT.finished;
    }
    case undefined:
      await showJournal(store, journal, io, options);
      return EXIT.finished;
    default:
      return form.name satisfies never;
  }
}

interface Form {
  readonly name: typeof FORMS[number] | undefined;
  readonly value: string;
}

function readForm({ flags, values }: CommandRequest): Form {
  const given = FORMS.flatMap((name): Form[] => {
    const value = values.find((option) => option.name === name)?.value;
    return value !== undefined || flags.has(name) ? [{ name, value: value ?? "" }] : [];
  });
  const [form, other] = given;
  if (other !== undefined) throw new UsageError(`--${form?.name} and --${other.name} exclude each other`, "inspect");
  return form ?? { name: undefined, value: "" };
}
