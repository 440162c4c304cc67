import pg from "pg";

/** Runs a statement in the schema of a locator, on a connection of its own, and returns its rows. */
export async function query(
  locator: string,
  text: string,
  ...values: readonly unknown[]
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const url = new URL(locator);
  const schema = url.searchParams.get("schema") ?? "public";
  url.search = "";
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(`set search_path = "${schema}"`);
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}
