import type { Mutant } from "./mutant.ts";

const FOLDER = "lib/storage/file/request_folder.ts";
const TAKE = "lib/run/loop/take_requests.ts";
const SEND = "lib/run/amend/send_request.ts";
const STORES = "tests/storage/store_conformance_test.ts";
const FOLDER_TEST = "tests/storage/file/request_folder_test.ts";
const DISK_TEST = "tests/storage/file/request_disk_test.ts";
const RUNS = "tests/run/loop/requests_run_test.ts";
const LEFT = "tests/run/amend/left_requests_test.ts";

/** Mutants that break the promises about requests to a running transaction. */
export const REQUEST_MUTANTS: readonly Mutant[] = [
  {
    name: "an inbox is closed although a request is in it",
    edits: [{
      file: FOLDER,
      find: "      if (this.#read(transaction).length > 0) return false;\n",
      replace: "",
    }, {
      file: FOLDER,
      find: "      if (this.#read(transaction).length > 0) {\n",
      replace: "      if (this.#folder === transaction) {\n",
    }],
    tests: [STORES],
  },
  {
    name: "the folder of requests stays when the inbox is closed",
    edits: [{ file: FOLDER, find: "      Deno.removeSync(this.#folder);\n", replace: "      return false;\n" }],
    tests: [FOLDER_TEST],
  },
  {
    name: "the folder of requests is removed with what is in it",
    edits: [{
      file: FOLDER,
      find: "      Deno.removeSync(this.#folder);\n",
      replace: "      Deno.removeSync(this.#folder, { recursive: true });\n",
    }],
    tests: ["tests/torture/requests/request_lives_test.ts"],
  },
  {
    name: "a folder with other files in it is closed without a mark",
    edits: [{
      file: FOLDER,
      find: "      attempt(() => Deno.writeFileSync(mark, new Uint8Array(), { mode: 0o600 }));\n",
      replace: "",
    }],
    tests: [FOLDER_TEST],
  },
  {
    name: "a sender does not look for the mark",
    edits: [{
      file: FOLDER,
      find: "if (attempt(() => Deno.lstatSync(join(folder, CLOSED))) === undefined) return true;",
      replace: "return true;",
    }],
    tests: [FOLDER_TEST],
  },
  {
    name: "a request is passed to another transaction",
    edits: [{ file: FOLDER, find: "request.transaction === transaction && ", replace: "" }],
    tests: [STORES],
  },
  {
    name: "a folder is used that other users can write",
    edits: [{ file: FOLDER, find: "const OTHERS_MAY_WRITE = 0o022;", replace: "const OTHERS_MAY_WRITE = 0;" }],
    tests: [FOLDER_TEST],
  },
  {
    name: "a request is acknowledged before its bytes are durable",
    edits: [{ file: FOLDER, find: "  file.syncSync();\n", replace: "" }],
    tests: [DISK_TEST],
  },
  {
    name: "a request is acknowledged before its name is durable",
    edits: [{ file: FOLDER, find: "  folder.syncSync();\n", replace: "" }],
    tests: [DISK_TEST],
  },
  {
    name: "a short run makes a folder for requests",
    edits: [{ file: FOLDER, find: "this.#isThere ? 0 : OPENS_AFTER_MS", replace: "0" }],
    tests: [FOLDER_TEST],
  },
  {
    name: "a run ends without closing its inbox",
    edits: [{
      file: "lib/run/loop/run_loop.ts",
      find: "    if (!await parts.requests.finish(next)) continue;\n",
      replace: "",
    }],
    tests: [RUNS],
  },
  {
    name: "a request that comes twice is applied twice",
    edits: [{ file: TAKE, find: "      if (state.answered.has(request.id)) continue;\n", replace: "" }],
    tests: [RUNS],
  },
  {
    name: "a request is forgotten before its answer is durable",
    edits: [{
      file: TAKE,
      find: "    await this.#session.commit({ stepsInFlight });\n    await this.#inbox.forget(requests);\n",
      replace: "    await this.#inbox.forget(requests);\n    await this.#session.commit({ stepsInFlight });\n",
    }],
    tests: [RUNS],
  },
  {
    name: "steps begin although the run is to stop",
    edits: [{ file: "lib/run/loop/run_loop.ts", find: " && !parts.requests.isStopping;", replace: ";" }],
    tests: [RUNS],
  },
  {
    name: "running steps are not told that the transaction is cancelled",
    edits: [{ file: TAKE, find: "if (cancel !== undefined) this.#cancelling", replace: "if (false) this.#cancelling" }],
    tests: [RUNS],
  },
  {
    name: "a run that is to stop undoes what has happened when its step fails",
    edits: [{ file: "lib/run/loop/conclude_run.ts", find: "requests.isStopping || ", replace: "" }],
    tests: [RUNS],
  },
  {
    name: "a journal is removed although a request was refused",
    edits: [{ file: "lib/run/start/execute_run.ts", find: " && !hasRefusals(session.state)", replace: "" }],
    tests: [RUNS],
  },
  {
    name: "a request that arrives does not wake its run",
    edits: [{ file: TAKE, find: "      this.#wake();\n", replace: "" }],
    tests: [RUNS],
  },
  {
    name: "a resume does not answer what the last run has left",
    edits: [{
      file: "lib/run/start/continue_journal.ts",
      find: "  await answerFirst(store, name);\n",
      replace: "",
    }],
    tests: [LEFT],
  },
  {
    name: "a command does not answer what the last run has left",
    edits: [{
      file: "lib/run/amend/amend_journal.ts",
      find: "[...await journal.inbox.read(state.id), ...requests]",
      replace: "requests",
    }],
    tests: [LEFT],
  },
  {
    name: "what the last run has left is answered again",
    edits: [{
      file: "lib/run/amend/amend_journal.ts",
      find: "      if (state.answered.has(request.id)) continue;\n",
      replace: "",
    }],
    tests: [LEFT],
  },
  {
    name: "a sender is not told that its request was refused",
    edits: [{ file: SEND, find: "if (refusal !== undefined) throw new", replace: "if (false) throw new" }],
    tests: [RUNS],
  },
  {
    name: "two answers to one request are no damage",
    edits: [{ file: "lib/state/apply_event.ts", find: "if (answered.has(id)) throw", replace: "if (false) throw" }],
    tests: ["tests/state/apply_event_test.ts"],
  },
  {
    name: "a step may be declared done with arguments that it did not have",
    edits: [{ file: "lib/state/apply_decision.ts", find: "mark(step, { isEdited: true });", replace: "return;" }],
    tests: ["tests/state/answers_test.ts"],
  },
];
