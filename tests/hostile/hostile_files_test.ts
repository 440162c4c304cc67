/** Journals that are sound, and lie where or as somebody else wants them to: nothing of them is run, and nothing is written. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { runMain } from "../cli/fake_io.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { runCli } from "../support/run_deno.ts";
import { encodeHostile } from "./encode_hostile.ts";
import { checkPrinted, type HostileFolder, inHostileFolder, lookInto } from "./hostile_folder.ts";
import { hostilePlan } from "./hostile_plan.ts";

const ALL = ["read", "write", "run", "net", "sys"] as const;
const SOMEBODY = 4711;

interface FileCase {
  /** What is wrong with the file. */
  readonly what: string;
  /** Changes what lies there; returns another path to try, if it made one. */
  readonly prepare: (folder: HostileFolder) => Promise<string | void>;
  /** Exit codes of inspect, check and resume. */
  readonly codes: readonly [number, number, number];
  /** Part of what resume says. */
  readonly says: string;
  /** Only root can make it. */
  readonly needsRoot?: true;
}

const CASES: readonly FileCase[] = [
  {
    what: "a symbolic link",
    prepare: async ({ folder, journal }) => {
      await Deno.symlink(journal, `${folder}/link.json`);
      return `${folder}/link.json`;
    },
    codes: [0, 0, 77],
    says: 'j.json" itself',
  },
  {
    what: "a symbolic link to nothing",
    prepare: async ({ folder }) => {
      await Deno.symlink(`${folder}/none.json`, `${folder}/link.json`);
      return `${folder}/link.json`;
    },
    codes: [66, 66, 77],
    says: "symbolic link;",
  },
  {
    what: "a symbolic link to itself",
    prepare: async ({ folder }) => {
      await Deno.symlink(`${folder}/link.json`, `${folder}/link.json`);
      return `${folder}/link.json`;
    },
    codes: [77, 77, 77],
    says: "circle of",
  },
  {
    what: "a hard link",
    prepare: ({ folder, journal }) => Deno.link(journal, `${folder}/second.json`),
    codes: [0, 0, 77],
    says: " 2 names ",
  },
  {
    what: "a named pipe",
    prepare: async ({ folder }) => {
      await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
      return `${folder}/pipe`;
    },
    codes: [65, 65, 65],
    says: " named pipe, ",
  },
  {
    what: "a device that never ends",
    prepare: () => Promise.resolve("/dev/zero"),
    codes: [65, 65, 65],
    says: " device, ",
  },
  {
    what: "a file that all may write",
    prepare: ({ journal }) => Deno.chmod(journal, 0o666),
    codes: [0, 0, 77],
    says: "(mode 0666)",
  },
  {
    what: "a file that its group may write",
    prepare: ({ journal }) => Deno.chmod(journal, 0o660),
    codes: [0, 0, 77],
    says: "(mode 0660)",
  },
  {
    what: "a file in a folder that all may write",
    prepare: ({ folder }) => Deno.chmod(folder, 0o777),
    codes: [0, 0, 77],
    says: "(mode 0777)",
  },
  {
    what: "somebody else's file",
    prepare: ({ journal }) => Deno.chown(journal, SOMEBODY, SOMEBODY),
    codes: [0, 0, 77],
    says: ` user ${SOMEBODY}, not `,
    needsRoot: true,
  },
  {
    what: "a file in somebody else's folder",
    prepare: ({ folder }) => Deno.chown(folder, SOMEBODY, SOMEBODY),
    codes: [0, 0, 77],
    says: ` user ${SOMEBODY}, who `,
    needsRoot: true,
  },
];

const isRoot = Deno.build.os !== "windows" &&
  Deno.permissions.querySync({ name: "sys", kind: "uid" }).state === "granted" && Deno.uid() === 0;

for (const { what, prepare, codes, says, needsRoot } of CASES) {
  const name = `no command is led astray by ${what}`;
  if (Deno.build.os === "windows" || (needsRoot === true && !isRoot)) {
    Deno.test.ignore(`${name} [ignored: needs ${needsRoot === true ? "root" : "POSIX files"}]`, () => {});
    continue;
  }
  permittedTest(name, ALL, () =>
    inHostileFolder(async (setting) => {
      await Deno.writeTextFile(setting.journal, encodeHostile([hostilePlan(setting.canary)]), { mode: 0o600 });
      const path = await prepare(setting) ?? setting.journal;
      const before = await lookInto(setting.folder);
      for (const [index, command] of ["inspect", "check", "resume"].entries()) {
        const { code, out, error } = await runMain([command, path]);
        assertEquals([command, code], [command, codes[index]], out + error);
        checkPrinted(out + error);
        if (command === "resume") assertStringIncludes(error, says);
      }
      const end = await runCli(["resume", path]);
      assertEquals(end.code, codes[2], end.stderr);
      assertEquals(await lookInto(setting.folder), before);
    }));
}

permittedTest(
  "commands are printed so that a shell takes the journal's name as it is",
  ALL,
  () =>
    inHostileFolder(async ({ folder, canary }) => {
      if (Deno.build.os === "windows") return;
      const name = "it's $(touch canary) `touch canary`; \u001b[2J\u202e & touch canary.json";
      const journal = `${folder}/${name}`;
      await Deno.writeTextFile(journal, encodeHostile([hostilePlan(canary)]), { mode: 0o600 });
      const { out } = await runMain(["inspect", journal]);
      checkPrinted(out);
      const [, words = ""] = /deno run -A \S+ resume (.*)$/m.exec(out) ?? [];
      // A shell of that kind is needed for what cannot be shown.
      const shell = new Deno.Command("bash", {
        args: ["-c", `printf %s ${words}`],
        cwd: folder,
        env: { LC_ALL: "C.UTF-8" },
      });
      const { stdout } = await shell.output();
      assertEquals(new TextDecoder().decode(stdout), journal);
      assertEquals((await lookInto(folder)).some((line) => line.startsWith("canary ")), false);
    }),
);
