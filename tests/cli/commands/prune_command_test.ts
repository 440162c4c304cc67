import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { openStore } from "../../../lib/storage/locator.ts";
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
      // The golden of the lines shows the rest.
      assertStringIncludes(out, "finished.json.torn-1 and ");
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
      for (const name of ["finished", "undone"]) assertStringIncludes(stdout, `  ${folder}/${name}.json`);
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

permittedTest(
  "prune --incomplete removes what never began, from a folder and from a database",
  DISK,
  () =>
    inFolder({}, async (folder) => {
      await writeSample(`${folder}/finished.json`, "finished");
      await writeSample(`${folder}/incomplete.json`, "incomplete");
      const database = `sqlite:${folder}/tx.db`;
      await using place = await openStore(`${database}#half`, { created: { id: "6f1c" } });
      const plan = planOf("file:///srv/program.ts", [{ export: "make", args: [] }]);
      await (await place.store.create(place.name, plan.slice(0, 2))).close();
      assertEquals((await runMain(["resume", place.name])).code, 65);
      for (const [scope, left] of [[folder, 1], [database, 0]] as const) {
        const { code, out } = await runMain(["prune", scope, "--incomplete", "--json"]);
        const { removed, left: others } = JSON.parse(out);
        assertEquals([code, removed.length, removed[0]?.status, others], [0, 1, "incomplete", left]);
      }
      assertEquals((await runMain(["resume", place.name])).code, 66);
    }),
);

permittedTest(
  "prune --incomplete leaves a journal alone whose plan is completed while it asks",
  DISK,
  () =>
    inFolder({}, async (folder) => {
      const path = `${folder}/a.json`;
      await writeSample(path, "incomplete");
      const { code, out } = await runMain(["prune", folder, "--incomplete"], {
        ask: async () => {
          await Deno.remove(path);
          await writeSample(path, "pending");
          return "y";
        },
      });
      assertEquals([code, namesIn(folder)], [0, ["a.json"]], out);
    }),
);

permittedTest("prune --older keeps what is younger", DISK, () =>
  inFolder({}, async (folder) => {
    await writeSample(`${folder}/old.json`, "finished", "2026-10-24T12:00:00.000Z");
    await writeSample(`${folder}/young.json`, "finished", "2026-10-24T12:00:00.001Z");
    assertEquals((await runMain(["prune", folder, "--finished", "--older", "30d"])).code, 0);
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
      assertEquals([code, out.split("\n").length, error.includes("/twice.json")], [77, 2, true], error);
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
      assertEquals([/ 3 .*\[y\/N\] $/.test(question), code], [true, 65], question);
      const list = ["a", "b", "c"].map((name) => `${folder}/${name}.json`);
      assertEquals(question.split("\n").slice(0, -1).map((line, index) => line.includes(list[index] ?? "?")), [
        true,
        true,
        true,
      ]);
      assertMatch(out, /^1 .* 3 .*\n$/);
      assertStringIncludes(error, `a.json" at line 1: `);
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
        const asked: string[] = [];
        const { code, out } = await runMain(["prune", folder, "--finished"], {
          ask: (question) => {
            asked.push(question);
            return Promise.resolve(answer);
          },
        });
        assertEquals(
          [code, out, asked.length, asked[0]?.includes(`  ${folder}/a.json  (`)],
          [0, "", 1, true],
          asked[0],
        );
      }
      assertEquals(namesIn(folder), ["a.json"]);
      const ask = () => {
        throw new Error("asked");
      };
      const { code, out } = await runMain(["prune", folder, "--finished", "--yes"], { ask });
      assertEquals([code, out.includes("/a.json"), namesIn(folder)], [0, true, []]);
      assertEquals((await runMain(["prune", folder, "--finished"], { ask })).code, 0);
    }),
);

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
      const refused = await runCli(["prune", folder, "--finished"], { flags: ["--allow-read"] });
      assertEquals([refused.code, refused.stdout], [77, ""]);
      assertStringIncludes(refused.stderr, ` --allow-write=${folder}\n`);
      assertEquals(namesIn(folder), ["a.json"]);
    }),
);
