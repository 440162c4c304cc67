/**
 * Types each line of the scenes, and notes what the command line says to it. Run as a program, it writes the golden file.
 *
 * @module
 */
import { FileStore } from "../../lib/storage/file/file_store.ts";
import { VERSION } from "../../lib/version.ts";
import { inFolder } from "../support/in_folder.ts";
import { runMain } from "./fake_io.ts";
import { type Scene, SCENES } from "./line_scenes.ts";

/** Where the lines are kept as they should be. */
export const GOLDEN = new URL("golden/lines.txt", import.meta.url);

/** Exit codes of a refusal, which leaves every file as it was. */
const REFUSED: readonly number[] = [2, 65, 66, 75, 77];

/** All lines, each with what was said (">" marks standard output), and the exit code unless it is 0. */
export async function composeLines(): Promise<string> {
  const blocks: string[] = [];
  for (const scene of SCENES) {
    blocks.push(`# ${scene.what}\n`);
    for (const line of scene.lines) blocks.push(mask(await playLine(scene, line)));
  }
  return blocks.join("\n");
}

/** Types the commands of a line one after another, in a new folder. */
async function playLine(scene: Scene, line: string): Promise<string> {
  let said = "";
  await inFolder({}, async (folder) => {
    await scene.make(folder);
    const held = scene.isHeld === true ? await new FileStore().open(`${folder}/j.json`, () => {}) : undefined;
    for (const command of line.split(" && ")) said += (await type(folder, command)).replaceAll(folder, "/srv");
    await held?.close();
  });
  return said;
}

/** Types one command: J is the journal, F the folder, and what is after each "<" is answered to a question. */
async function type(folder: string, command: string): Promise<string> {
  const [typed = "", ...answers] = command.split(/ < ?/);
  const words = [...typed.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
  const places = words.map((word) => word.replace(/^J$/, `${folder}/j.json`).replace(/^F(?=$|\/)/, folder));
  let said = `$ ${places.map(show).join(" ")}\n`;
  const write = (text: string) => void (said += text);
  const ask = (question: string) => {
    const answer = answers.shift();
    write(`${question}${answer ?? ""}\n`);
    return Promise.resolve(answer);
  };
  const before = await snapshot(folder);
  const world = { writeOut: (text: string) => write(text.replaceAll(/^(?=.)/gm, "> ")), writeError: write };
  const { code } = await runMain(places, answers.length === 0 ? world : { ...world, ask });
  // Of a folder, one journal can be refused and another run.
  const isRefused = REFUSED.includes(code) && places[1] !== folder;
  if (isRefused && await snapshot(folder) !== before) throw new Error(`It has changed a file: ${said}`);
  return code === 0 ? said : `${said}exit ${code}\n`;
}

/** A word as a shell takes it. */
function show(word: string): string {
  const short = word.length > 150 ? `${word.slice(0, 20)}…` : word.replaceAll("\u001b", "\\u001b");
  return /^[\w.,:/@%=-]+$/.test(short) ? short : `'${short}'`;
}

/** Masks what the version, Deno, and the length of the folder's name decide. */
function mask(said: string): string {
  return said
    .replaceAll(`@${VERSION}/`, "@VERSION/")
    .replaceAll(`resumable-tx ${VERSION}`, "resumable-tx VERSION")
    .replaceAll(
      /(?<=: )(?:Import|Module not found) .*?(?=\. If the program |$)|(?<=^error: Cannot write "[^"]*": ).*$/gm,
      "(words of Deno)",
    )
    .replaceAll(/(?<=[^\s>]) {3,}/g, "  ");
}

async function snapshot(folder: string): Promise<string> {
  const texts: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    texts.push(`${name} ${isFile ? (await Deno.readFile(`${folder}/${name}`)).toHex() : ""}`);
  }
  return texts.toSorted().join("\n");
}

if (import.meta.main) await Deno.writeTextFile(GOLDEN, await composeLines());
