/**
 * Tells the main story (`deno task story`): a transaction fails, is inspected, its cause is fixed, and it is resumed. Prints
 * each command before it runs, and its output after it. Run it in the project's folder.
 */

/** One command of the story. */
interface Scene {
  /** What a person would type. The words are those that are run. */
  readonly words: readonly string[];
  /** The exit code with which the story continues. */
  readonly code: number;
}

const EXAMPLE = "examples/01_first_transaction.ts";
const CLI = "jsr:@x/resumable-tx/cli";
/** What the example writes. */
const FILE = "our_test_file";

async function play({ words, code }: Scene): Promise<void> {
  console.log(`$ ${words.join(" ")}`);
  if (words[0] === "rm") {
    await Deno.remove(words[1] ?? "");
    console.log();
    return;
  }
  const { stdout, stderr, code: found } = await new Deno.Command(Deno.execPath(), {
    args: words.slice(1),
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
  }).output();
  for (const bytes of [stdout, stderr]) await Deno.stdout.write(bytes);
  console.log();
  if (found !== code) throw new Error(`The command ended with exit code ${found} instead of ${code}`);
}

async function listJournals(): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const { name } of Deno.readDir(".")) {
    if (/^transaction-.*\.json$/.test(name)) names.add(name);
  }
  return names;
}

async function tell(): Promise<void> {
  const before = await listJournals();
  await play({ words: ["deno", "run", "-A", EXAMPLE], code: 1 });
  const [journal = ""] = (await listJournals()).difference(before);
  await play({ words: ["deno", "run", "-A", CLI, "inspect", journal], code: 0 });
  await play({ words: ["rm", FILE], code: 0 });
  await play({ words: ["deno", "run", "-A", CLI, "resume", journal], code: 0 });
}

if (import.meta.main) {
  try {
    await Deno.lstat(FILE);
    console.error(`The story makes a file ${FILE}, and there is one already. Remove it first`);
    Deno.exit(1);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await tell();
  // Made by the second transaction, at last.
  await Deno.remove(FILE);
}
