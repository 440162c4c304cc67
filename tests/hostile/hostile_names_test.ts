/** What a program gets from the library about hostile names and paths: no message has their characters as they are. */
import { assertEquals } from "@std/assert";
import { env, type Observer, steps, Transaction } from "../../mod.ts";
import { toFileUrl } from "@std/path/to-file-url";
import { openStore } from "../../lib/storage/locator.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";

/** Clears the screen, colours, turns the direction of text round, and begins a line. */
const HOSTILE = "x\x1b[2J\x9b31m\u202ey\u2028\ra\nerror: forged";
const HOME = homeAt("file:///srv/home.ts");
const UNKNOWN: object = { [HOSTILE]: 1 };

export function work(): void {}

function plan(): Transaction {
  return new Transaction(HOME);
}

/** Each is refused at once. */
const REFUSED: Readonly<Record<string, () => unknown>> = {
  "the name of a step": () => plan().do(work).with({ name: HOSTILE }),
  "the name of a group": () => plan().parallel(() => {}, { name: HOSTILE }),
  "the name of a signal": () => plan().waitFor(HOSTILE),
  "the name of a variable": () => env(`${HOSTILE}=`),
  "an option of a transaction": () => new Transaction(HOME, UNKNOWN),
  "an option of a step": () => plan().do(work).with(UNKNOWN),
  "an argument of a function with such a name": () => {
    const fn = Object.defineProperty((_given: unknown) => {}, "name", { value: HOSTILE });
    // Symbols cannot be stored.
    return Reflect.apply(plan().do, plan(), [fn, Symbol("x")]);
  },
  "a locator": () => openStore(`file://host/${HOSTILE}`),
  "a journal to resume": () => Transaction.resume(`/none/${HOSTILE}`),
  "a journal to inspect": () => Transaction.inspect(`/none/${HOSTILE}`),
  "a journal to roll back": () => Transaction.rollback(`/none/${HOSTILE}`),
  "an option of a resume": () => Transaction.resume("/none/j.json", UNKNOWN),
};

Deno.test("no error of the library writes the characters of a name or a path as they are", async () => {
  for (const [what, call] of Object.entries(REFUSED)) {
    assertEquals([what, findRaw(await messageOf(call))], [what, []]);
  }
});

permittedTest(
  "a notice about an observer that fails writes the path of the journal escaped",
  ["read", "write"],
  () =>
    inFolder({ "work.js": "export function work() {}\n" }, async (folder) => {
      const path = `${folder}/${HOSTILE}`;
      await Deno.mkdir(path);
      const url = toFileUrl(`${folder}/work.js`).href;
      const notices: string[] = [];
      const observer: Observer = {
        event: () => {
          throw new Error("broken");
        },
        notice: ({ message }) => void notices.push(message),
      };
      const options = { journal: `${path}/j.json`, observer };
      await Transaction.run(homeAt(url), (t) => void t.do(steps<{ work(): void }>(url).work), options);
      assertEquals([notices.length, notices.flatMap(findRaw)], [1, []]);
    }),
);

function homeAt(url: string): Pick<ImportMeta, "url" | "resolve"> {
  return { url, resolve: (specifier) => new URL(specifier, url).href };
}

async function messageOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return "nothing was refused \x1b";
}

/** Characters that a terminal acts on, and a line that begins with a part of the name. */
function findRaw(text: string): readonly string[] {
  return Array.from(text.matchAll(/[[\p{C}\p{Zl}\p{Zp}]--\n]|^ *error: forged/gmv), ([found]) => JSON.stringify(found));
}
