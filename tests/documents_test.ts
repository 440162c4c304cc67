import { assert, assertEquals, assertMatch } from "@std/assert";
import { createHash } from "node:crypto";
import { loadCommands } from "../lib/cli/commands/commands.ts";
import { EXIT } from "../lib/cli/frame/exit_code.ts";
import { decodeLine } from "../lib/journal/decode_line.ts";
import { commandLinePage } from "../tools/command_line_page.ts";
import { formatWords } from "./support/format_words.ts";
import { permittedTest } from "./support/permitted_test.ts";

const commands = await loadCommands();

const ROOT = new URL("../", import.meta.url);
const DOCUMENTS = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "docs/architecture.md",
  "docs/changing_steps.md",
  "docs/command_line.md",
  "docs/inspecting.md",
  "docs/journal.md",
  "docs/repairing.md",
  "docs/running.md",
  "docs/performance.md",
  "docs/schedules.md",
  "docs/security.md",
  "docs/steps.md",
  "docs/tracing.md",
];

function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}

/** Takes fenced blocks away: what is in them is no prose. */
function proseOf(markdown: string): string {
  return markdown.replace(/^```.*?^```$/gms, "");
}

function blocksOf(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, text = ""]) => text);
}

function anchorsOf(markdown: string): Set<string> {
  const headings = [...proseOf(markdown).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")),
  );
}

async function findDeadLink(document: string, target: string): Promise<string | undefined> {
  if (/^https:/.test(target)) return undefined;
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? new URL(document, ROOT) : new URL(path, new URL(document, ROOT));
  try {
    if ((await Deno.stat(file)).isDirectory) return undefined;
    if (anchor === undefined || anchorsOf(await Deno.readTextFile(file)).has(anchor)) return undefined;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return `${document}: ${target}`;
}

permittedTest("documents have no dead links", ["read"], async () => {
  const dead: (string | undefined)[] = [];
  for (const document of DOCUMENTS) {
    for (const [, target = ""] of proseOf(await read(document)).matchAll(/\]\(([^)\s]+)\)/g)) {
      dead.push(await findDeadLink(document, target));
    }
  }
  assert(dead.length >= 20, "links were not found at all");
  assertEquals(dead.filter((link) => link !== undefined), []);
});

permittedTest("documents name no file that is not there", ["read"], async () => {
  const missing: string[] = [];
  let count = 0;
  for (const document of DOCUMENTS) {
    const text = proseOf(await read(document));
    for (const [, path = ""] of text.matchAll(/`((?:lib|tests|bench|examples|docs|tools)\/[\w/.]*)`/g)) {
      count += 1;
      await Deno.stat(new URL(path, ROOT)).catch(() => missing.push(`${document}: ${path}`));
    }
  }
  assert(count >= 30, "paths were not found at all");
  assertEquals(missing, []);
});

permittedTest("the index of docs/architecture.md names no file that is not there", ["read"], async () => {
  const rows = [...(await read("docs/architecture.md")).matchAll(/^\|.*\| (`lib\/[^|]*) \|$/gm)];
  assert(rows.length >= 30, "rows were not found at all");
  const missing: string[] = [];
  for (const [, paths = ""] of rows) {
    let folder = "";
    for (const [, path = ""] of paths.matchAll(/`([\w/.]+\.ts)`/g)) {
      // A name without a folder lies beside the file before it.
      const whole = path.includes("/") ? path : folder + path;
      folder = whole.slice(0, whole.lastIndexOf("/") + 1);
      await Deno.stat(new URL(whole, ROOT)).catch(() => missing.push(whole));
    }
  }
  assertEquals(missing, []);
});

permittedTest("docs/journal.md names every event, every decision, every member and every word", ["read"], async () => {
  const text = await read("docs/journal.md");
  const words = await formatWords();
  assert(words.length >= 90, `only ${words.length} names were found in the source`);
  assertEquals(words.filter((name) => !new RegExp(`[\`"]${name}[\`"]`).test(text)), []);
});

permittedTest("the journal in docs/journal.md has the checksums that the page describes", ["read"], async () => {
  const [, journal = ""] = blocksOf(await read("docs/journal.md"), "text");
  assertEquals(JSON.parse(journal).length, 3);
  const lines = journal.trimEnd().split("\n");
  assertEquals(lines.pop(), "]");
  let previous = "";
  for (const [seq, line] of lines.entries()) {
    const [, covered = "", sum = ""] = /^(.*),"sum":"([\w-]{43})"\}$/.exec(line) ?? [];
    const hash = createHash("sha256").update(`${previous}\n${covered}`).digest("base64url");
    assertEquals(sum, hash, `record ${seq}`);
    const decoded = decodeLine(new TextEncoder().encode(line), seq, previous);
    assert("record" in decoded, "reason" in decoded ? decoded.reason : "");
    previous = sum;
  }
});

permittedTest("the checksum made with common tools in docs/journal.md is right", ["read"], async () => {
  const markdown = await read("docs/journal.md");
  const [command = ""] = blocksOf(markdown, "sh");
  const [previous = "", covered = ""] = [...command.matchAll(/'([^']{40,})'/g)].map(([, text = ""]) => text);
  const sum = createHash("sha256").update(`${previous}\n${covered}`).digest("base64url");
  assertMatch(command, new RegExp(`^# ${sum}=$`, "m"));
  const [, journal = ""] = blocksOf(markdown, "text");
  assert(journal.includes(`"sum":"${previous}"}\n${covered},"sum":"${sum}"}`));
});

permittedTest("README.md names every exit code of the command line", ["read"], async () => {
  const rows = [...(await read("README.md")).matchAll(/^\| ([\d, ]+) +\| /gm)];
  const named = rows.flatMap(([, codes = ""]) => codes.split(",").map(Number));
  assertEquals(named.sort((a, b) => a - b), Object.values(EXIT).sort((a, b) => a - b));
});

permittedTest("README.md names every command of the command line", ["read"], async () => {
  const readme = await read("README.md");
  assertEquals(commands.map(({ name }) => `/cli ${name} `).filter((words) => !readme.includes(words)), []);
});

permittedTest("docs/command_line.md is what the commands say of themselves", ["read"], async () => {
  const page = await read("docs/command_line.md");
  const words = commands.flatMap((
    { name, options },
  ) => [`## ${name}\n`, ...options.map((option) => `--${option.name}`)]);
  assertEquals(words.filter((word) => !page.includes(word)), []);
  for (const text of [page, await read("README.md")]) {
    assertEquals(text.includes("alias resumable-tx='deno run -A jsr:@x/resumable-tx/cli'"), true);
  }
  assertEquals(page, commandLinePage(commands), "The page is not up to date. Type: deno task docs");
});

permittedTest("README.md shows the first example as it is", ["read"], async () => {
  const [shown = ""] = blocksOf(await read("README.md"), "ts");
  const example = await read("examples/01_first_transaction.ts");
  assertEquals(shown, example.slice(example.indexOf("import ")));
});
