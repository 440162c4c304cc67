/** Tells for each function its name or the refusal. Part of the programs that try it. */
export const TRY = `
import { nameFunctions } from "lib/modules/name_functions.ts";
export async function attempt(home, fn, label = 'step 1 "x"') {
  try {
    const [name] = await nameFunctions(home, [{ fn, label }]);
    console.log(name.module + " " + name.export);
  } catch (error) {
    console.log(error.name + ": " + error.message);
  }
}
`;

/** A module of steps. */
export const STEPS = `
export function upload(file: string): string { return file; }
export const arrow = async (file: string): Promise<string> => await Promise.resolve(file);
export default function main() {}
export function twin() {}
export { twin as alias, twin as another };
`;
