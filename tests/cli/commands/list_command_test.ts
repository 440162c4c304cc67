import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runCli } from "../../support/run_deno.ts";
import { runMain } from "../fake_io.ts";
import { writeSample, writeSamples } from "../sample_folder.ts";
import { planOf, writeJournal } from "../written_journal.ts";

const DISK = ["read", "write"] as const;

function inSamples(test: (folder: string) => Promise<void>): Promise<void> {
  return inFolder({}, async (folder) => {
    await writeSamples(folder);
    await test(folder);
  });
}

permittedTest(
  "list shows what needs a person first, and why, and what to type next",
  DISK,
  () =>
    inSamples(async (folder) => {
      const { code, out, error } = await runMain(["list", folder]);
      assertEquals([code, error], [0, ""]);
      const masked = out.replaceAll(`${folder}/`, "").replaceAll(/ {2,}/g, "  ");
      assertEquals(masked.split("\n"), [
        "status  done  age  journal  next",
        "waiting  0/2  1 d  waiting.json  resume --retry 1 | --done 1 | --skip 1",
        "  step 1 make: outcome unknown",
        "aborted  1/2  1 d  aborted.json  resume",
        "  step 2 mail: AlreadyExists: File exists (os error 17)",
        "interrupted  0/2  1 d  interrupted.json  resume --retry 1 | --done 1 | --skip 1",
        "  step 1 make: outcome unknown",
        "damaged  1 d  damaged.json  check",
        "  line 4: the line has a checksum that does not fit its text",
        "incomplete  0/0  1 d  incomplete.json",
        "  no step ever ran; you can delete the file",
        "pending  0/2  1 d  pending.json  resume",
        "cancelled  0/2  1 d  cancelled.json",
        "  not wanted",
        "undone  0/2  1 d  undone.json",
        "finished  2/2  1 d  finished.json",
        "",
        "9 journals: 1 waiting, 1 aborted, 1 interrupted, 1 damaged, 1 incomplete, 1 pending, 1 cancelled, 1 undone, 1 " +
        "finished",
        "",
      ]);
    }),
);

permittedTest(
  "list writes JSON that names each journal with its status, its step and whole commands",
  DISK,
  () =>
    inSamples(async (folder) => {
      const { code, out } = await runMain(["list", `${folder}/aborted.json`, "--json"]);
      assertEquals(code, 0);
      assertEquals(JSON.parse(out), [{
        journal: `${folder}/aborted.json`,
        status: "aborted",
        isHeld: false,
        home: "file:///srv/welcome.ts",
        openedAt: "2026-11-22T12:00:00.000Z",
        lastAt: "2026-11-22T12:00:00.000Z",
        progress: { done: 1, all: 2 },
        step: { id: "2", name: "mail", status: "failed" },
        reason: "AlreadyExists: File exists (os error 17)",
        next: [
          {
            when: "When you have fixed the cause, run the rest",
            command: `deno run -A jsr:@x/resumable-tx@0.1.0/cli resume ${folder}/aborted.json`,
          },
          {
            when: "Skip step 2",
            command: `deno run -A jsr:@x/resumable-tx@0.1.0/cli resume ${folder}/aborted.json --skip 2`,
          },
        ],
      }]);
    }),
);

permittedTest(
  "list recognises a transaction that is being run by its lock",
  DISK,
  () =>
    inFolder({}, async (folder) => {
      const plan = planOf("file:///srv/a.ts", [{ export: "move" }]);
      const open = await new FileStore().create(`${folder}/j.json`, plan);
      await open.append([{ type: "started", step: "1", attempt: 1, run: 1 }]);
      const running = await runMain(["list", folder]);
      await open.close();
      const killed = await runMain(["list", folder]);
      assertMatch(running.out, /^started +0\/1 .*j\.json\n +step 1 move\n/m);
      assertMatch(killed.out, /^interrupted +0\/1 .*j\.json +resume --retry 1/m);
    }),
);

permittedTest("list --status and --older leave the others out", DISK, () =>
  inFolder({}, async (folder) => {
    await writeSample(`${folder}/a.json`, "aborted", "2026-11-23T11:00:00.000Z");
    await writeSample(`${folder}/b.json`, "aborted", "2026-11-20T12:00:00.000Z");
    await writeSample(`${folder}/c.json`, "finished", "2026-10-01T12:00:00.000Z");
    await writeSample(`${folder}/d.json`, "interrupted", "2026-11-23T11:59:59.000Z");
    const names = async (...words: string[]) => {
      const { code, out } = await runMain(["list", folder, ...words, "--json"]);
      assertEquals(code, 0);
      return JSON.parse(out).map(({ journal }: { journal: string }) => journal.slice(folder.length + 1, -5));
    };
    assertEquals(await names(), ["b", "a", "d", "c"]);
    assertEquals(await names("--status", "aborted,Finished"), ["b", "a", "c"]);
    assertEquals(await names("--older", "60m"), ["b", "a", "c"]);
    assertEquals(await names("--older=2d", "--status=aborted"), ["b"]);
    assertEquals(await names("--older", "2w", "--status", "aborted"), []);
    const none = await runMain(["list", folder, "--older", "2w", "--status", "aborted"]);
    assertEquals(none, { code: 0, out: "", error: `No journals like that in ${folder}\n` });
  }));

permittedTest(
  "list takes several files and folders, and patterns that no shell has expanded",
  DISK,
  () =>
    inFolder({}, async (folder) => {
      await Deno.mkdir(`${folder}/ana/old`, { recursive: true });
      await Deno.mkdir(`${folder}/[bo]`);
      for (const path of ["ana/1.json", "ana/old/2.json", "[bo]/3.json"]) {
        await writeSample(`${folder}/${path}`, "aborted");
      }
      await writeSample(`${folder}/ana/4.journal`, "aborted");
      await Deno.writeTextFile(`${folder}/ana/notes.json`, "[1, 2]\n");
      const list = async (...words: string[]) => {
        const { stdout } = await runCli(["list", ...words], { cwd: folder, flags: ["--allow-read"] });
        return [...stdout.matchAll(/^(?:aborted|damaged) .*? (\S+\.j\S+) {2}/gm)].map(([, path]) => path);
      };
      // As a shell hands "ana/*" and "[bo]" over: what is named is listed, whatever it is.
      assertEquals(await list("ana/1.json", "ana/4.journal", "ana/notes.json", "ana/old", "[bo]"), [
        "[bo]/3.json",
        "ana/1.json",
        "ana/4.journal",
        "ana/old/2.json",
        "ana/notes.json",
      ]);
      // No file is listed twice, and one that was not named only if it is a journal.
      assertEquals(await list("ana/*", "ana"), ["ana/1.json", "ana/4.journal", "ana/old/2.json"]);
      assertEquals(await list("**/*.json"), ["[bo]/3.json", "ana/1.json", "ana/old/2.json"]);
      assertEquals(await list(`${folder}/{ana,bo}/?.json`), [`${folder}/ana/1.json`]);
      assertEquals(await list("./ana", "missing/../ana"), ["ana/1.json"]);
      assertEquals(await list(`file://${folder}/ana`), [`${folder}/ana/1.json`]);
    }),
);

permittedTest(
  "list says what it cannot find or read, and lists the others",
  ["read", "write", "run"],
  () =>
    inFolder({}, async (folder) => {
      await writeSample(`${folder}/j.json`, "aborted");
      const missing = await runMain(["list", `${folder}/none`, `${folder}/j.json`]);
      assertEquals([missing.code, missing.error], [66, `error: Cannot find a journal at "${folder}/none"\n`]);
      assertStringIncludes(missing.out, "1 journal: 1 aborted\n");
      const pattern = await runMain(["list", `${folder}/none/*.json`]);
      assertEquals(pattern, { code: 66, out: "", error: `error: Cannot find a journal at "${folder}/none"\n` });
      const empty = await runMain(["list", `${folder}/x*.json`]);
      assertEquals(empty, { code: 0, out: "", error: `No journals in ${folder}/x*.json\n` });
      for (const word of [folder, `${folder}/*.json`]) {
        const refused = await runCli(["list", word], { flags: [] });
        const message =
          `error: Refused to use "${folder}": Deno has no permission to read it. Add --allow-read=${folder}\n`;
        assertEquals(refused, { code: 77, stdout: "", stderr: message });
      }
      const part = await runCli(["list", "/", folder], { flags: [`--allow-read=${folder}`] });
      assertEquals(part.code, 77);
      assertStringIncludes(part.stderr, "Add --allow-read=/\n");
      assertStringIncludes(part.stdout, "1 journal: 1 aborted\n");
    }),
);

const STATUSES =
  "waiting, aborted, interrupted, damaged, newer, unreadable, incomplete, pending, started, cancelled, " +
  "undone, finished";
const REFUSED: readonly (readonly [words: readonly string[], message: string])[] = [
  [["--status", "abort"], 'Unknown status "abort" of --status. Did you mean aborted?'],
  [["--status", "aborted,stuck"], `Unknown status "stuck" of --status: use ${STATUSES}`],
  [["--status", ","], `--status names none: use ${STATUSES}`],
  [
    ["--older", "30"],
    'Cannot read the duration "30" of --older: add a unit: s, m, h, d or w (seconds, ' +
    "minutes, hours, days, weeks)",
  ],
  [["--older"], 'The option --older needs a value: --older AGE. If the value begins with "-", write --older=…'],
  [["--older=1d", "--older=2d"], "The option --older is given twice"],
  [["--stauts", "aborted"], 'Unknown option "--stauts" of list. Did you mean --status?'],
  [[""], "An argument is empty"],
];

for (const [words, message] of REFUSED) {
  Deno.test(`list refuses ${JSON.stringify(words.join(" "))}`, async () => {
    const { code, out, error } = await runMain(["list", ...words]);
    assertEquals([code, out], [2, ""]);
    assertEquals(error, `error: ${message}\nType "deno run -A jsr:@x/resumable-tx/cli list --help"\n`);
  });
}

permittedTest(
  "list cuts what holds a journal up to the width of the terminal",
  DISK,
  () =>
    inFolder({}, async (folder) => {
      await writeJournal(`${folder}/j.json`, [
        planOf("file:///srv/a.ts", [{ export: "move", name: "移動" }]),
        [{ type: "started", step: "1", attempt: 1, run: 1 }],
        [
          { type: "failed", step: "1", attempt: 1, ms: 1, error: { name: "Error", message: "檔案不存在".repeat(20) } },
          { type: "aborted", step: "1" },
        ],
      ]);
      const { out } = await runMain(["list", folder], { readColumns: () => 40 });
      assertStringIncludes(out, "\n         step 1 移動: Error: 檔案不存在…\n");
    }),
);

permittedTest("list cannot be disturbed by what is in a journal", DISK, () =>
  inFolder({}, async (folder) => {
    const evil = "\u001b]0;owned\u0007\u202e\u009b2J\n";
    await writeJournal(`${folder}/\u001b[2J.json`, [
      planOf(`file:///${evil}.ts`, [{ export: evil, name: evil }]),
      [{ type: "started", step: "1", attempt: 1, run: 1 }],
      [
        { type: "failed", step: "1", attempt: 1, ms: 1, error: { name: evil, message: evil } },
        { type: "aborted", step: "1" },
      ],
    ]);
    for (const words of [["list"], ["list", "--json"]]) {
      const { code, out, error } = await runMain([...words, folder]);
      assertEquals([code, error], [0, ""]);
      // deno-lint-ignore no-control-regex -- that is what is looked for
      assertEquals(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(out), false, words.join(" "));
    }
  }));

permittedTest(
  "list sums up three thousand journals, damaged ones among them, with few files open at a time",
  [...DISK, "run"],
  () =>
    inSamples(async (folder) => {
      if (Deno.build.os === "windows") return;
      const names = ["waiting", "aborted", "finished", "damaged"];
      // Whoever reads a damaged one looks again a little later, in case it was being written: of those there are few.
      const chosen = (count: number) => count % 30 === 0 ? 3 : count % 3;
      await Deno.mkdir(`${folder}/many`);
      const samples = names.map((name) => Deno.readFileSync(`${folder}/${name}.json`));
      for (let count = 0; count < 3000; count += 1) {
        Deno.writeFileSync(`${folder}/many/${count}.json`, samples[chosen(count)] ?? new Uint8Array());
      }
      const wrapper = ["bash", "-c", 'ulimit -n 100; exec "$@"', "bash"];
      const flags = ["--allow-read"];
      const { code, stdout, stderr } = await runCli(["list", "many"], { cwd: folder, wrapper, flags });
      assertEquals([code, stderr], [0, ""]);
      assertStringIncludes(stdout, "\n3,000 journals: 900 waiting, 1,000 aborted, 100 damaged, 1,000 finished\n");
      const { stdout: json } = await runCli(["list", "many", "--json", "--status", "damaged"], { cwd: folder, flags });
      assertEquals(JSON.parse(json).length, 100);
    }),
);
