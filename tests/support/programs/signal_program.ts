/** Programs that receive signals. */
import { Conversation } from "../terminal/conversation.ts";
import { inFolder } from "../in_folder.ts";
import { permittedTest } from "../permitted_test.ts";
import { denoCommand } from "../run_deno.ts";

/** A file "wait" holds up the steps that wait; each step leaves a trace. */
export const STEPS = `
import { context } from "@x/resumable-tx";
export function leave(text: string): void {
  Deno.writeTextFileSync("effects", text + "\\n", { append: true });
}
export async function obey(text: string): Promise<void> {
  const { signal } = context();
  const awake = setInterval(() => {}, 1000);
  const told = new Promise((resolve) => signal.addEventListener("abort", resolve));
  console.log(text, "begins");
  if (!signal.aborted) await told;
  clearInterval(awake);
  leave(text + " ends: " + signal.reason.name);
}
export async function ignore(text: string): Promise<void> {
  context().signal.addEventListener("abort", () => console.log(text, "was told"));
  console.log(text, "begins");
  while (exists("wait")) await new Promise((resolve) => setTimeout(resolve, 2));
  leave(text + " ends");
}
export async function refuse(text: string): Promise<void> {
  await obey(text);
  context().signal.throwIfAborted();
}
export function raise(): void {
  leave("raise");
  Deno.kill(Deno.pid, "SIGINT");
}
export function fail(): void {
  throw new Error("broken");
}
export function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
`;

function program(body: string): string {
  return `
import { Transaction } from "@x/resumable-tx";
import { exists, fail, ignore, leave, obey, raise, refuse } from "./steps.ts";
if (import.meta.main) {
${body}
}
`;
}

/** Runs the test in a folder with a program and the file that holds steps up. */
export function inProgram(body: string, test: (folder: string) => Promise<void>): Promise<void> {
  return inFolder({ "steps.ts": STEPS, "main.ts": program(body), "wait": "" }, test);
}

/** Starts the program. */
export function startProgram(folder: string): Conversation {
  return new Conversation(denoCommand("main.ts", [], { cwd: folder }));
}

/** What the steps have done. */
export function readEffects(folder: string): readonly string[] {
  try {
    return Deno.readTextFileSync(`${folder}/effects`).trimEnd().split("\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** POSIX signals, which Windows cannot send. */
export function signalTest(name: string, body: () => Promise<void>): void {
  if (Deno.build.os === "windows") Deno.test.ignore(name, body);
  else permittedTest(name, ["read", "write", "run"], body);
}
