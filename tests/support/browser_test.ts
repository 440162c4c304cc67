import type { Browser } from "playwright-core";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** A browser is another process, with folders, pipes and variables of its own. */
const PERMISSIONS = ["read", "write", "run", "env", "net", "sys"] as const;

/**
 * Registers a test that needs a real browser. Where there is none, or a permission is missing, the test is reported as
 * ignored, with the reason in its name.
 */
export function browserTest(name: string, body: (browser: Browser) => Promise<void>): void {
  const reason = missing();
  if (reason !== undefined) {
    Deno.test({ name: `${name} [ignored: ${reason}]`, ignore: true, fn: () => {} });
    return;
  }
  // What the driver keeps open for itself is none of the test's business.
  Deno.test({ name, sanitizeOps: false, sanitizeResources: false, fn: () => withBrowser(body) });
}

function missing(): string | undefined {
  const permission = PERMISSIONS.find((wanted) => Deno.permissions.querySync({ name: wanted }).state !== "granted");
  if (permission !== undefined) return `needs --allow-${permission}`;
  return findBrowser() === undefined ? "needs chromium" : undefined;
}

function findBrowser(): string | undefined {
  return CANDIDATES.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

async function withBrowser(body: (browser: Browser) => Promise<void>): Promise<void> {
  const { chromium } = await import("playwright-core");
  // It has no sandbox for root, who runs tests in a container.
  const browser = await chromium.launch({ executablePath: findBrowser() ?? "", args: ["--no-sandbox"] });
  try {
    await body(browser);
  } finally {
    await browser.close();
  }
}
