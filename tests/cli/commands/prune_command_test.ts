import { assertEquals, assertStringIncludes } from "@std/assert";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { inFolder } from "../../support/in_folder.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { runCli } from "../../support/run_deno.ts";
import { runMain } from "../fake_io.ts";
import { writeSample, writeSamples } from "../sample_folder.ts";
import { planOf } from "../written_journal.ts";

const DISK = ["read", "write"] as const;

function namesIn(folder: string): readonly string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).toSorted();
}

/** All samples, with what crashes had left of two, and look-alikes of that. */
function inSamples(test: (folder: string) => Promise<void>): Promise<void> {
  return inFolder({}, async (folder) => {
    await writeSamples(folder);
    const copies = ["finished.json.torn-1", "finished.json.torn-12", "aborted.json.torn-1", "finished.json.torn-x"];
    for (const name of copies) await Deno.writeTextFile(`${folder}/${name}`, "torn");
    await test(folder);
  });
}

permittedTest(
  "prune removes the journals it is told to, with what belongs to them, and nothing else",
  DISK,
  () =>
    inSamples(async (folder) => {
      const before = namesIn(folder);
      const { code, out, error } = await runMain(["prune", folder, "--finished", "--cancelled"]);
      assertEquals([code, error], [0, ""]);
      assertEquals(
        out.replaceAll(`${folder}/`, ""),
        [
          "removed  cancelled.json  (cancelled, 1 d old)",
          "removed  finished.json and finished.json.torn-1 and finished.json.torn-12  (finished, 1 d old)",
          "2 journals removed, 7 left",
          "",
        ].join("\n"),
      );
      const gone = ["cancelled.json", "finished.json", "finished.json.torn-1", "finished.json.torn-12"];
      assertEquals(namesIn(folder), before.filter((name) => !gone.includes(name)));
      const again = await runMain(["prune", folder, "--finished", "--cancelled", "--json"]);
      assertEquals([again.code, JSON.parse(again.out)], [0, { isDryRun: false, removed: [], left: 7 }]);
    }),
);

permittedTest(
  "prune --dry-run removes nothing and needs no permission to write",
  ["read", "write", "run"],
  () =>
    inSamples(async (folder) => {
      const before = namesIn(folder);
      const words = ["prune", folder, "--finished", "--undone", "--older", "1h", "--dry-run"];
      const { code, stdout, stderr } = await runCli(words, { flags: [`--allow-read=${folder}`] });
      assertEquals([code, stderr], [0, ""]);
      assertStringIncludes(stdout, `would remove  ${folder}/undone.json  (undone, `);
      assertStringIncludes(stdout, "2 journals would be removed, 7 left\n");
      const { out } = await runMain([...words, "--json"]);
      const copies = [`${folder}/finished.json.torn-1`, `${folder}/finished.json.torn-12`];
      const lastAt = "2026-11-22T12:00:00.000Z";
      assertEquals(JSON.parse(out), {
        isDryRun: true,
        removed: [
          { journal: `${folder}/finished.json`, status: "finished", lastAt, copies },
          { journal: `${folder}/undone.json`, status: "undone", lastAt, copies: [] },
        ],
        left: 7,
      });
      assertEquals(namesIn(folder), before);
    }),
);

permittedTest("prune --older keeps what is younger", DISK, () =>
  inFolder({}, async (folder) => {
    await writeSample(`${folder}/old.json`, "finished", "2026-10-24T12:00:00.000Z");
    await writeSample(`${folder}/young.json`, "finished", "2026-10-24T12:00:00.001Z");
    const { out } = await runMain(["prune", folder, "--finished", "--older", "30d"]);
    assertStringIncludes(out, "1 journal removed, 1 left\n");
    assertEquals(namesIn(folder), ["young.json"]);
  }));

permittedTest(
  "prune leaves alone what somebody holds, links, and other names of a file",
  DISK,
  () =>
    inFolder({}, async (folder) => {
      if (Deno.build.os === "windows") return;
      await Deno.mkdir(`${folder}/runs`);
      for (const path of ["elsewhere.json", "runs/held.json", "runs/twice.json"]) {
        await writeSample(`${folder}/${path}`, "finished");
      }
      await Deno.symlink(`${folder}/elsewhere.json`, `${folder}/runs/link.json`);
      await Deno.link(`${folder}/runs/twice.json`, `${folder}/second.json`);
      const open = await new FileStore().open(`${folder}/runs/held.json`, () => {});
      const { code, out, error } = await runMain(["prune", `${folder}/runs`, "--finished"]);
      await open.close();
      assertEquals([code, out], [77, "0 journals removed, 2 left\n"]);
      assertStringIncludes(error, "it has 2 names (hard links)");
      assertEquals(namesIn(`${folder}/runs`), ["held.json", "link.json", "twice.json"]);
    }),
);

permittedTest(
  "prune leaves a journal alone that is taken, or changes, while it asks",
  DISK,
  () =>
    inFolder({}, async (folder) => {
      for (const name of ["a", "b", "c"]) await writeSample(`${folder}/${name}.json`, "finished");
      const held = await new FileStore().create(`${folder}/d.json`, planOf("file:///a.ts", []));
      let question = "";
      const { code, out, error } = await runMain(["prune", folder, "--finished"], {
        ask: (asked) => {
          question = asked;
          Deno.removeSync(`${folder}/a.json`);
          Deno.writeTextFileSync(`${folder}/a.json`, "[]");
          Deno.removeSync(`${folder}/b.json`);
          return Promise.resolve("y");
        },
      });
      await held.close();
      assertEquals(question, "Remove these 3 journals permanently? [y/N] ");
      assertEquals([code, out], [65, "1 journal removed, 3 left\n"]);
      assertStringIncludes(error, `a.json" at line 1: it is no journal`);
      assertEquals(namesIn(folder), ["a.json", "d.json"]);
    }),
);

permittedTest(
  "prune removes nothing without a yes, and does not ask after --yes",
  DISK,
  () =>
    inFolder({}, async (folder) => {
      await writeSample(`${folder}/a.json`, "finished");
      for (const answer of ["", "n", undefined, "yep"]) {
        const { code, out, error } = await runMain(["prune", folder, "--finished"], {
          ask: () => Promise.resolve(answer),
        });
        assertEquals([code, out], [0, ""]);
        assertEquals(error, `remove  ${folder}/a.json  (finished, 1 d old)\nNothing was removed\n`);
      }
      assertEquals(namesIn(folder), ["a.json"]);
      const ask = () => {
        throw new Error("asked");
      };
      const { code, out } = await runMain(["prune", folder, "--finished", "--yes"], { ask });
      assertEquals([code, out.endsWith("1 journal removed, 0 left\n")], [0, true]);
      assertEquals((await runMain(["prune", folder, "--finished"], { ask })).out, "0 journals removed, 0 left\n");
    }),
);

const REFUSED: readonly (readonly [words: readonly string[], message: string])[] = [
  [["/"], "Select the journals to remove: pass --finished, --cancelled or --undone"],
  [["/", "--aborted"], 'Unknown option "--aborted" of prune'],
  [[], "The argument FOLDER is missing: path or file: URL of the folder; folders inside it are not searched"],
  [["/", "/tmp", "--finished"], 'Unexpected argument "/tmp"'],
  [
    ["/", "--finished", "--older", "long"],
    'Cannot read the duration "long" of --older: write a number and one of s, ' +
    "m, h, d or w (seconds, minutes, hours, days, weeks), for example 90s, 12h or 30d",
  ],
];

for (const [words, message] of REFUSED) {
  Deno.test(`prune refuses ${JSON.stringify(words.join(" "))}`, async () => {
    const { code, out, error } = await runMain(["prune", ...words]);
    assertEquals([code, out], [2, ""]);
    assertEquals(error, `error: ${message}\nType "deno run -A jsr:@x/resumable-tx/cli prune --help"\n`);
  });
}

permittedTest(
  "prune says so when there is no folder, a file in its place, or no permission",
  ["read", "write", "run"],
  () =>
    inFolder({}, async (folder) => {
      await writeSample(`${folder}/a.json`, "finished");
      const missing = await runMain(["prune", `${folder}/none`, "--finished"]);
      assertEquals([missing.code, missing.out], [66, ""]);
      const file = await runMain(["prune", `${folder}/a.json`, "--finished"]);
      assertEquals([file.code, file.out], [2, ""]);
      assertStringIncludes(file.error, `"${folder}/a.json" is not a folder`);
      const refused = await runCli(["prune", folder, "--finished"], { flags: ["--allow-read"] });
      const reason = `Deno has no permission to write it. Add --allow-write=${folder}`;
      assertEquals(refused, { code: 77, stdout: "", stderr: `error: Refused to use "${folder}": ${reason}\n` });
      assertEquals(namesIn(folder), ["a.json"]);
    }),
);
