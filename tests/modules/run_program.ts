import { fromFileUrl } from "@std/path/from-file-url";
import { join } from "@std/path/join";
import { toFileUrl } from "@std/path/to-file-url";

/** How a program ended. */
export interface ProgramResult {
  /** Exit code. */
  readonly code: number;
  /** Standard output, one entry per line. The folder's URL is written as `@`. */
  readonly lines: readonly string[];
  /** Standard error, in the same way. */
  readonly errors: string;
}

/** A temporary folder of modules. */
export interface ProgramFolder extends AsyncDisposable {
  /** Its path, without a slash at the end. */
  readonly path: string;
  /** The URL of one of its files. */
  url(file: string): string;
  /** Runs one of its files, or what is at a URL, as the main module of a process of its own. */
  run(file: string, flags?: readonly string[], env?: Readonly<Record<string, string>>): Promise<ProgramResult>;
}

const REPOSITORY = new URL("../../", import.meta.url);

/** Writes modules to a temporary folder. In them `lib/` stands for this repository's folder of that name. */
export async function writeProgram(files: Readonly<Record<string, string>>): Promise<ProgramFolder> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "resumable_tx_modules_" }));
  for (const [name, source] of Object.entries(files)) {
    const file = join(path, name);
    await Deno.mkdir(join(file, ".."), { recursive: true });
    await Deno.writeTextFile(file, source.replaceAll('"lib/', `"${REPOSITORY.href}lib/`));
  }
  const base = toFileUrl(`${path}/`).href;
  return {
    path,
    url: (file) => new URL(file, base).href,
    run: (file, flags = ["-A"], env = {}) => run(new URL(file, base), base, { flags, env }),
    async [Symbol.asyncDispose]() {
      await Deno.remove(path, { recursive: true });
    },
  };
}

interface RunOptions {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function run(main: URL, base: string, { flags, env }: RunOptions): Promise<ProgramResult> {
  const config = new URL("deno.json", REPOSITORY);
  const args = ["run", "--quiet", "--no-check", "--no-prompt", `--config=${fromFileUrl(config)}`, ...flags, main.href];
  const options = { args, env: { NO_COLOR: "1", ...env } };
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), options).output();
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).replaceAll(base, "@");
  return { code, lines: decode(stdout).trimEnd().split("\n"), errors: decode(stderr) };
}
