import { walk } from "@std/fs/walk";
import { fromFileUrl } from "@std/path/from-file-url";
import { globToRegExp } from "@std/path/glob-to-regexp";
import { extname } from "@std/path/extname";
import { join } from "@std/path/join";
import { relative } from "@std/path/relative";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const STAND_INS = ["cli", "fs", "path"];
/** Deno hides what was published on the same day. */
const PUBLISHED_AT = "2026-01-01T00:00:00.000Z";

/** A registry that speaks the protocol of jsr.io, on this machine. */
export interface JsrRegistry extends AsyncDisposable {
  /** For the environment variable `JSR_URL`. */
  readonly url: string;
  /** The paths that were asked for and are not there. */
  readonly missing: readonly string[];
}

/** A package's `deno.json`, as far as it matters here. */
interface PackageConfig {
  readonly name: string;
  readonly version?: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports?: Readonly<Record<string, string>>;
  readonly publish?: false | { readonly include: readonly string[] };
}

/** One version of one package. */
interface Package {
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  /** By path, which begins with a slash. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** Serves this package as it would be published, and the stand-ins of `@std` under the versions that it asks for. */
export async function serveJsr(): Promise<JsrRegistry> {
  const packages = await readPackages();
  const missing: string[] = [];
  const handler = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const found = await answer(packages, pathname);
    if (found === undefined) missing.push(pathname);
    return found ?? new Response("Not found", { status: 404 });
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    missing,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function answer(packages: ReadonlyMap<string, Package>, path: string): Promise<Response | undefined> {
  const [, name = "", rest = ""] = /^\/(@[^/]+\/[^/]+)\/(.+)$/.exec(path) ?? [];
  const found = packages.get(name);
  if (found === undefined) return undefined;
  const { version, exports, files } = found;
  if (rest === "meta.json") {
    return Response.json({ latest: version, versions: { [version]: { createdAt: PUBLISHED_AT } } });
  }
  if (rest === `${version}_meta.json`) {
    const manifest = await Promise.all([...files].map(async ([path, bytes]) => [path, await describe(bytes)]));
    return Response.json({ exports, manifest: Object.fromEntries(manifest) });
  }
  const bytes = files.get(rest.slice(version.length));
  if (bytes === undefined || !rest.startsWith(`${version}/`)) return undefined;
  const type = extname(rest) === ".ts" ? "text/typescript" : "text/plain";
  return new Response(bytes, { headers: { "content-type": type } });
}

async function describe(bytes: Uint8Array<ArrayBuffer>): Promise<{ readonly size: number; readonly checksum: string }> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { size: bytes.length, checksum: `sha256-${digest.toHex()}` };
}

async function readPackages(): Promise<Map<string, Package>> {
  const own = await readConfig(ROOT);
  const packages = new Map<string, Package>();
  for (const folder of [ROOT, ...STAND_INS.map((name) => join(ROOT, "tests/std", name))]) {
    const config = folder === ROOT ? own : await readConfig(folder);
    const version = config.version ?? /@\^(.+)$/.exec(own.imports?.[config.name] ?? "")?.[1] ?? "";
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    for (const path of await listPublished(folder, config)) {
      const text = await Deno.readTextFile(join(folder, path));
      files.set(`/${path}`, new TextEncoder().encode(path.endsWith(".ts") ? unfurl(text, own.imports ?? {}) : text));
    }
    packages.set(config.name, { version, exports: config.exports, files });
  }
  return packages;
}

async function readConfig(folder: string): Promise<PackageConfig> {
  return JSON.parse(await Deno.readTextFile(join(folder, "deno.json")));
}

async function listPublished(folder: string, { publish }: PackageConfig): Promise<readonly string[]> {
  const { include } = publish ? publish : { include: ["**/*.ts"] };
  const wanted = include.map((glob) => globToRegExp(glob));
  const skip = [/[/\\](?:\.git|tests|bench|tools|examples|docs)$/];
  const paths: string[] = [];
  for await (const entry of walk(folder, { includeDirs: false, ...(publish ? { skip } : {}) })) {
    const path = relative(folder, entry.path).replaceAll("\\", "/");
    if (wanted.some((glob) => glob.test(path))) paths.push(path);
  }
  return paths;
}

/** Names in the import map become full specifiers, as `deno publish` writes them. */
function unfurl(source: string, imports: Readonly<Record<string, string>>): string {
  return source.replaceAll(/(\bfrom |\bimport\()"([^."][^":]*)"/g, (whole, before, specifier) => {
    const name = Object.keys(imports).find((name) => specifier === name || specifier.startsWith(`${name}/`));
    return name === undefined ? whole : `${before}"${imports[name]}${specifier.slice(name.length)}"`;
  });
}
