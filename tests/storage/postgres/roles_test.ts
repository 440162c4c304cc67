/** The roles of docs/databases.md: an owner that migrates, a worker that runs transactions, and a reader that looks. */
import { assertEquals, assertMatch } from "@std/assert";
import { Transaction } from "@x/resumable-tx";
import { runMain } from "../../cli/fake_io.ts";
import { postgresTests } from "../../support/postgres_test.ts";
import { query } from "../../support/query_postgres.ts";

const postgresTest = postgresTests();

export function make(name: string): string {
  return name;
}

/** The statements of the page for the roles, of a schema and with names of this test's own. */
async function readGrants(schema: string): Promise<readonly string[]> {
  const page = await Deno.readTextFile(new URL("../../../docs/databases.md", import.meta.url));
  const [, text = ""] = /```sql\n(create role [^]*?)```/.exec(page) ?? [];
  const named = text.replaceAll("resumable_tx", schema).replaceAll(/\btx_(owner|worker|reader)\b/g, "roles_$1");
  return named.split(";").map((statement) => statement.replaceAll(/^--.*$/gm, "").trim()).filter((statement) =>
    statement !== ""
  );
}

postgresTest("an owner migrates, a worker runs transactions, and a reader only looks", async ({ locator }) => {
  const schema = new URL(locator).searchParams.get("schema") ?? "";
  const [creation = [], grants = []] = Object.values(
    Object.groupBy(
      await readGrants(schema),
      (statement) => /^(?:create|alter role)/.test(statement) ? "make" : "grant",
    ),
  );
  const as = (role: string) => Object.assign(new URL(locator), { username: `roles_${role}` }).href;
  const type = async (code: number, ...words: readonly string[]) => {
    const end = await runMain(words);
    assertEquals([words, end.code], [words, code], end.error);
    return `${end.out}${end.error}`;
  };
  try {
    for (const statement of creation) await query(locator, statement);
    // There are no tables yet, and no right to make them.
    assertMatch(await type(77, "migrate", as("worker")), /right to use the schema/);
    await type(0, "migrate", as("worker"), "--print");
    await type(0, "migrate", as("owner"));
    // Without its rights, each says what is missing.
    assertMatch(await type(77, "list", as("reader")), /permission denied for schema/);
    for (const statement of grants) await query(locator, statement);

    await type(0, "migrate", as("worker"));
    const run = (journal: string) =>
      Transaction.run(import.meta, (t) => {
        t.do(make, "ana");
        t.waitFor("go");
      }, { journal: `${as("worker")}#${journal}`, keep: true }).catch(() => {});
    await run("a");
    await Transaction.enqueue(import.meta, (t) => t.do(make, "ben"), { journal: `${as("worker")}#b` });
    await type(0, "signal", `${as("worker")}#a`, "go", "1");
    for (const journal of ["a", "b"]) await type(0, "resume", `${as("worker")}#${journal}`);
    await run("c");
    await type(0, "cancel", `${as("worker")}#c`, "--yes");
    assertMatch(await type(0, "list", as("reader"), "--json"), /#a/);
    for (const command of ["inspect", "check"]) await type(0, command, `${as("reader")}#a`);
    await run("d");
    for (const words of [["resume"], ["skip", "2"], ["signal", "go"]]) {
      const [command = "", ...rest] = words;
      assertMatch(await type(77, command, `${as("reader")}#d`, ...rest), /permission denied for table/);
    }
    assertMatch(await type(77, "prune", as("reader"), "--finished", "--yes"), /permission denied for table/);
    await type(0, "migrate", as("reader"));
    await type(0, "prune", as("worker"), "--finished", "--cancelled", "--yes");
    assertEquals(JSON.parse((await runMain(["list", as("reader"), "--json"])).out).length, 1);
    // Who owns nothing makes nothing.
    const owned =
      `select distinct pg_get_userbyid(relowner) as owner from pg_class where relnamespace = $1::regnamespace`;
    assertEquals(await query(locator, owned, schema), [{ owner: "roles_owner" }]);
  } finally {
    for (const role of ["reader", "worker", "owner"]) {
      await query(locator, `drop owned by roles_${role} cascade`).catch(() => {});
      await query(locator, `drop role if exists roles_${role}`);
    }
  }
});
