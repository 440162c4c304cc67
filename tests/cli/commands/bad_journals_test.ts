import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { chainSum } from "../../../lib/journal/encode_record.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runMain } from "../fake_io.ts";
import { planOf, unchanged, writeJournal } from "../written_journal.ts";

const COMMANDS = ["inspect", "check", "resume"] as const;

/** The bytes of a sound journal of three records. */
async function soundBytes(folder: string): Promise<Uint8Array> {
  const path = `${folder}/sound.json`;
  await writeJournal(path, [
    planOf("file:///srv/steps.ts", [{ export: "one" }, { export: "two" }]),
    [{ type: "started", step: "1", attempt: 1, run: 1 }],
    [{ type: "failed", step: "1", attempt: 1, ms: 1, error: { name: "Error", message: "no" } }, {
      type: "aborted",
      step: "1",
    }],
  ]);
  return await Deno.readFile(path);
}

function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function flipBit(bytes: Uint8Array, offset: number): Uint8Array {
  return bytes.map((byte, index) => (index === offset ? byte ^ 1 : byte));
}

function withoutLine(bytes: Uint8Array, line: number): Uint8Array {
  const lines = new TextDecoder().decode(bytes).split("\n");
  return textBytes(lines.filter((_, index) => index !== line).join("\n"));
}

const BAD: readonly (readonly [what: string, make: (sound: Uint8Array) => Uint8Array, line: number])[] = [
  ["an empty file", () => new Uint8Array(), 1],
  ["a text file", () => textBytes("Dear diary,\ntoday\n"), 1],
  ["JSON that is no journal", () => textBytes('{"name":"@x/resumable-tx"}\n'), 1],
  ["a list that is no journal", () => textBytes("[1, 2, 3]"), 1],
  ["a journal that was cut in the middle", (sound) => sound.slice(0, sound.length / 2), 1],
  ["a journal that was cut in its last record", (sound) => sound.slice(0, -40), 3],
  ["a journal with a flipped bit", (sound) => flipBit(sound, sound.length - 100), 3],
  ["a journal with a record removed", (sound) => withoutLine(sound, 1), 2],
  ["a journal with something behind it", (sound) => new Uint8Array([...sound, 0x21]), 4],
];

for (const [what, make, line] of BAD) {
  permittedTest(`every command refuses ${what} with its line`, ["read", "write"], () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      await Deno.writeFile(journal, make(await soundBytes(folder)));
      for (const command of COMMANDS) {
        const { code, out, error } = await unchanged(journal, () => runMain([command, journal]));
        assertEquals([command, code], [command, 65]);
        assertStringIncludes(out + error, command === "check" ? `j.json:${line}: ` : `at line ${line}: `);
      }
    }));
}

permittedTest(
  "every command refuses a journal of a newer format by its number",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      const line = textBytes(
        '[{"seq":0,"at":"2026-11-23T02:15:00.000Z","events":[{"type":"opened","format":7,"new":1}]',
      );
      const text = `${new TextDecoder().decode(line)},"sum":"${chainSum("", line)}"}\n]`;
      await Deno.writeTextFile(journal, text);
      for (const command of COMMANDS) {
        const { code, out, error } = await unchanged(journal, () => runMain([command, journal]));
        assertEquals([command, code], [command, 65]);
        assertStringIncludes(out + error, "format 7 ");
      }
    }),
);

permittedTest(
  "every command says so when there is no journal, or a folder in its place",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      for (const command of COMMANDS) {
        const missing = await runMain([command, `${folder}/none.json`]);
        assertEquals([missing.code, missing.out], [66, ""]);
        // Of a folder resume takes all that can go on.
        assertEquals((await runMain([command, folder])).code, command === "resume" ? 0 : 65);
      }
    }),
);

permittedTest(
  "resume refuses a link to a journal, which the others follow",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      if (Deno.build.os === "windows") return;
      await soundBytes(folder);
      await Deno.symlink(`${folder}/sound.json`, `${folder}/link.json`);
      const refused = await unchanged(`${folder}/sound.json`, () => runMain(["resume", `${folder}/link.json`]));
      assertEquals(refused.code, 77);
      assertStringIncludes(refused.error, ` "${folder}/sound.json" `);
      assertEquals((await runMain(["inspect", `${folder}/link.json`])).code, 0);
      assertEquals((await runMain(["check", `${folder}/link.json`])).code, 0);
      await Deno.link(`${folder}/sound.json`, `${folder}/second.json`);
      const twice = await runMain(["resume", `${folder}/second.json`]);
      assertEquals([twice.code, twice.error.includes(" 2 ")], [77, true], twice.error);
    }),
);

permittedTest(
  "no command waits for somebody to write into a named pipe",
  ["read", "write", "run"],
  () =>
    inFolder({}, async (folder) => {
      if (Deno.build.os === "windows") return;
      await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
      for (const command of COMMANDS) {
        assertEquals((await runMain([command, `${folder}/pipe`])).code, 65);
      }
    }),
);

permittedTest(
  "inspect and list say what is known of a journal that has no record yet",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const journal = `${folder}/j.json`;
      for (const byte of [0, 9]) {
        await Deno.writeFile(journal, new Uint8Array(1500).fill(byte));
        const { status, isPlanned, home, next } = JSON.parse((await runMain(["inspect", journal, "--json"])).out);
        assertEquals([status, isPlanned, home, next], ["pending", false, "", []]);
        const page = await runMain(["inspect", journal, "--html=-"]);
        assertStringIncludes(page.out, "<title>pending: unknown program</title>");
        await Deno.utime(journal, new Date("2026-11-23T11:00:00Z"), new Date("2026-11-23T11:00:00Z"));
        const listed = await runMain(["list", journal]);
        assertMatch(listed.out, /^incomplete +0\/0 +1 h/m);
      }
    }),
);

permittedTest(
  "resume says of a folder in which all is over that nothing is to be resumed",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      const ended = [planOf("file:///srv/steps.ts", []), [{ type: "ended" }]] as const;
      await writeJournal(`${folder}/a.json`, ended);
      const only = await runMain(["resume", folder]);
      await writeJournal(`${folder}/b.json`, ended);
      const each = await runMain(["resume", folder]);
      for (const { code, out } of [only, each]) assertEquals([code, out], [0, ""]);
      assertEquals([only.error.split("\n").length, each.error.split("\n").length], [2, 2]);
      assertEquals([only.error.includes(" 2 "), each.error.includes(" 2 ")], [false, true]);
    }),
);

permittedTest(
  "every command says so when symbolic links lead in a circle",
  ["read", "write"],
  () =>
    inFolder({}, async (folder) => {
      if (Deno.build.os === "windows") return;
      await Deno.symlink("loop.json", `${folder}/loop.json`);
      for (const command of [...COMMANDS, "list"]) {
        const { code, out } = await runMain([command, `${folder}/loop.json`]);
        assertEquals([command, code, out], [command, 77, ""]);
      }
    }),
);

Deno.test("every command refuses a URL that names no path", async () => {
  for (const words of [["inspect"], ["check"], ["resume"], ["skip", "1"], ["list"], ["prune", "--finished"]]) {
    const [command = "", ...rest] = words;
    for (const url of ["file://%zz", "file:///%zz", "file:///a%2Fb", "file:///a%00b", "file://otherhost/j.json"]) {
      const { code, out, error } = await runMain([command, url, ...rest]);
      assertEquals([command, code, out], [command, 2, ""]);
      assertStringIncludes(error, JSON.stringify(url));
    }
  }
});
