import type { Mutant } from "./mutant.ts";

const JOURNAL_FILE = "lib/storage/file/journal_file.ts";
const EXPLORER = "tests/storage/file/crash_explorer_test.ts";
const FAULTS = "tests/storage/file/disk_fault_test.ts";
const LATER = "tests/storage/file/later_faults_test.ts";
const MODEL = "tests/storage/file/crash_model_test.ts";
const DAMAGE = "tests/storage/file/durable_damage_test.ts";
const CONFORMANCE = "tests/storage/store_conformance_test.ts";
const EXAMINE = "lib/storage/file/examine_file.ts";
const TRUST = "tests/cli/commands/trust_command_test.ts";
const UNUSUAL_DISK = "tests/cli/commands/unusual_disk_test.ts";
const BACKGROUND_FILE = "lib/storage/file/background_sums.ts";
const BACKGROUND = "tests/storage/file/background_sums_test.ts";
const APPEND = "    this.#guard(() => this.#disk.syncData());\n";
const REPAIR_WRITE = "      this.#orFull(() => this.#write(start, bytes));\n";
const REPAIR_SYNC = `${REPAIR_WRITE}      this.#disk.sync();\n`;

/** What breaks the promises of the storage. */
export const STORAGE_MUTANTS: readonly Mutant[] = [
  {
    name: "a program that may not ask for its user uses the journal of another",
    edits: [{
      file: EXAMINE,
      find: "own ?? (isDry ? undefined : attempt(() => ownerOfNewFile(folder)))",
      replace: "own",
    }],
    tests: [TRUST],
  },
  {
    name: "a file in a folder that all may write counts as one of this user's until the contrary is known",
    edits: [{
      file: EXAMINE,
      find: "user === undefined && !isDry && isShared",
      replace: "false",
    }],
    tests: [TRUST],
  },
  {
    name: "a dry run does not see that a disk is read-only",
    edits: [{
      file: EXAMINE,
      find: "/\\(os error 30\\)|EROFS/.test(error.message)",
      replace: "error.name === 'ReadOnly'",
    }],
    tests: [UNUSUAL_DISK],
  },
  {
    name: "a journal whose file system takes no lock is an error of the program",
    edits: [{
      file: "lib/storage/file/open_file.ts",
      find: " || error instanceof LockFailed;",
      replace: ";",
    }, {
      file: "lib/storage/file/file_lock.ts",
      find: "takes no lock (${safeText(cause)})",
      replace: "takes no lock",
    }],
    tests: [UNUSUAL_DISK],
  },
  {
    name: "the first name of a journal that a crash left locks everyone out",
    edits: [{
      file: "lib/storage/file/open_file.ts",
      find: '    if (access === "write") temporaryNames(journal, Deno.lstatSync(journal)).forEach(removeIfThere);\n',
      replace: "",
    }],
    tests: ["tests/storage/file/file_store_test.ts"],
  },
  {
    name: "what was written hides that another program changed the file before",
    edits: [{ file: JOURNAL_FILE, find: "    this.#mark ??= {", replace: "    this.#mark = {" }],
    tests: ["tests/storage/file/file_store_test.ts"],
  },
  {
    name: "only so many texts that look like a checksum are tried",
    edits: [{
      file: "lib/journal/encode_record.ts",
      find: "places.push(at);",
      replace: "if (places.length < 64) places.push(at);",
    }],
    tests: [DAMAGE],
  },
  {
    name: "damage that is noticed late is forgotten",
    edits: [{
      file: "lib/storage/file/scan_journal.ts",
      find: "  return sums.finish() ? scan : findDamage(disk, from);",
      replace: "  sums.finish();\n  return scan;",
    }],
    tests: [BACKGROUND],
  },
  {
    name: "what another thread finds is forgotten",
    edits: [{
      file: BACKGROUND_FILE,
      find: "!this.#hasFault && !this.#ring.hasFault",
      replace: "!this.#hasFault",
    }],
    tests: [BACKGROUND],
  },
  {
    name: "the last lines before an end are not verified",
    edits: [{
      file: BACKGROUND_FILE,
      find: "  finish(): boolean {\n    this.#passPart();\n",
      replace: "  finish(): boolean {\n",
    }],
    tests: [BACKGROUND],
  },
  {
    name: "lines that another thread has no room for are not verified",
    edits: [{
      file: BACKGROUND_FILE,
      find: "    if (!verifyLines(lines, previousSum)) this.#hasFault = true;\n",
      replace: "",
    }],
    tests: [BACKGROUND],
  },
  {
    name: "an append is not synced",
    edits: [{ file: JOURNAL_FILE, find: APPEND, replace: "" }],
    tests: [FAULTS, MODEL, EXPLORER],
  },
  {
    name: "an append that does not block is not synced",
    edits: [{
      file: JOURNAL_FILE,
      find: "    await this.#guard(() => this.#disk.syncDataLater());\n",
      replace: "",
    }],
    tests: ["tests/storage/file/append_queue_test.ts"],
  },
  {
    name: "a journal that is made without blocking is not synced",
    edits: [{
      file: JOURNAL_FILE,
      find: "      this.#size = size;\n      return later ? this.#disk.syncLater()",
      replace: "      this.#size = size;\n      return later ? Promise.resolve()",
    }],
    tests: [LATER],
  },
  {
    name: "a journal that is brought to rest without blocking is not synced",
    edits: [{
      file: JOURNAL_FILE,
      find: "truncateLater(this.#end + 1).then(() => this.#disk.syncLater())",
      replace: "truncateLater(this.#end + 1)",
    }],
    tests: [LATER],
  },
  {
    name: "a name is durable by a sync of its folder that began before it",
    edits: [{
      file: "lib/storage/file/sync_folder.ts",
      find: "(going.next ??= going.running.then(() => begin(folder), () => begin(folder)))",
      replace: "going.running",
    }],
    tests: ["tests/storage/file/sync_folder_test.ts"],
  },
  {
    name: "a file that is changed twice in a moment seems unchanged",
    edits: [{
      file: "lib/modules/module_source.ts",
      find: "if (info === undefined || Date.now() - changedAt < TIME_STEP_MS) ",
      replace: "if (info === undefined) ",
    }],
    tests: ["tests/modules/hash_module_test.ts"],
  },
  {
    name: "a slow disk blocks the process",
    edits: [{
      file: "lib/storage/file/append_queue.ts",
      find: "isQuiet && this.#slowSyncs < MAX_SLOW_SYNCS",
      replace: "isQuiet",
    }],
    tests: ["tests/storage/file/append_queue_test.ts"],
  },
  {
    name: "every second append is synced",
    edits: [{ file: JOURNAL_FILE, find: APPEND, replace: `    if (this.#seq % 2 === 0) ${APPEND.trimStart()}` }],
    tests: [FAULTS, MODEL, EXPLORER],
  },
  {
    name: "a recovery cuts everything",
    edits: [{
      file: JOURNAL_FILE,
      find: REPAIR_WRITE,
      replace: "      this.#writeOrFull(0, bytes.subarray(scan.lastLine.length));\n" +
        "      this.#end = 0;\n      this.#seq = 0;\n      this.#sum = '';\n",
    }],
    tests: [CONFORMANCE, FAULTS, EXPLORER],
  },
  {
    name: "a recovery cuts the last whole record",
    edits: [{
      file: JOURNAL_FILE,
      find: REPAIR_WRITE,
      replace: "      this.#writeOrFull(start, bytes.subarray(scan.lastLine.length));\n",
    }],
    tests: [CONFORMANCE, FAULTS, EXPLORER],
  },
  {
    name: "a recovery leaves torn bytes where they are",
    edits: [{
      file: JOURNAL_FILE,
      find: "new Uint8Array(this.#size - start).fill(FILLER)",
      replace: "new Uint8Array(scan.lastLine.length + 2).fill(FILLER)",
    }],
    tests: [FAULTS, MODEL, EXPLORER],
  },
  {
    name: "a recovery truncates before it writes",
    edits: [{
      file: JOURNAL_FILE,
      find: REPAIR_WRITE,
      replace: `      this.#disk.truncate(this.#end);\n${REPAIR_WRITE}`,
    }],
    tests: [FAULTS, EXPLORER],
  },
  {
    name: "a recovery is not synced",
    edits: [{ file: JOURNAL_FILE, find: REPAIR_SYNC, replace: REPAIR_WRITE }],
    tests: [FAULTS, MODEL, EXPLORER],
  },
  {
    name: "a wrong offset after a reopening",
    edits: [{ file: JOURNAL_FILE, find: "this.#end = scan.end;", replace: "this.#end = scan.end + 1;" }],
    tests: [CONFORMANCE, MODEL, EXPLORER],
  },
  {
    name: "appends go on after a sync has failed",
    edits: [{ file: JOURNAL_FILE, find: "    this.#broken ??= new", replace: "    return new" }],
    tests: [FAULTS, EXPLORER],
  },
  {
    name: "filler is not synced before a record is written into it",
    edits: [{
      file: JOURNAL_FILE,
      find: "    this.#disk.syncData();\n    this.#size = size;\n",
      replace: "    this.#size = size;\n",
    }],
    tests: [FAULTS, MODEL, EXPLORER],
  },
  {
    name: "a checksum does not cover the one before",
    edits: [{
      file: "lib/journal/encode_record.ts",
      find: "sha256(bytes, `${previousSum}\\n`)",
      replace: 'sha256(bytes, "\\n")',
    }],
    tests: ["tests/journal/golden_test.ts", DAMAGE],
  },
  {
    name: "a checksum is not compared",
    edits: [{
      file: "lib/journal/decode_line.ts",
      find: "if (!verify(line, sum, previousSum)) return",
      replace: "if (false) return",
    }],
    tests: ["tests/journal/decode_line_test.ts", DAMAGE],
  },
  {
    name: "LEAST_FILLER is 0",
    edits: [{
      file: "lib/storage/file/classify_tail.ts",
      find: "LEAST_FILLER = 512;",
      replace: "LEAST_FILLER = 0;",
    }],
    tests: ["tests/storage/file/foreign_file_test.ts", DAMAGE],
  },
  {
    name: "the lock is not taken",
    edits: [{
      file: "lib/storage/file/file_lock.ts",
      find: "for (let attempt = 1; !tryLock(file, true); attempt += 1) {",
      replace: "for (let attempt = 1; file.isTerminal(); attempt += 1) {",
    }],
    tests: [CONFORMANCE, "tests/torture/racing_resumers_test.ts"],
  },
];
