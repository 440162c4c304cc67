/** What a locator says about a server and the tables in it. */
export interface PostgresPlace {
  /** The locator without a password, as messages show it. */
  readonly shown: string;
  /** The host and port, as messages show them. */
  readonly server: string;
  /** For the driver; it may contain a password. */
  readonly connectionString: string;
  readonly schema: string;
}

const DEFAULT_SCHEMA = "resumable_tx";
const SCHEMA = /^(?!pg_)[\p{L}_][\p{L}\p{N}_-]*$/u;
const FORM = "postgres://USER@HOST:PORT/DATABASE?schema=SCHEMA";
/** Parameters that the driver understands, in the locator as in `psql`. */
const DRIVER_PARAMETERS: readonly string[] = [
  "sslmode",
  "sslrootcert",
  "sslcert",
  "sslkey",
  "host",
  "application_name",
];
const SSL_MODES: readonly string[] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

/**
 * Parses the locator of a database. No message repeats more of it than a parameter's name: it may hold a password.
 *
 * @throws {TypeError} It cannot be used. The message says why.
 */
export function parsePostgresLocator(locator: string): PostgresPlace {
  const url = parseUrl(locator);
  const schema = url.searchParams.get("schema") ?? DEFAULT_SCHEMA;
  if (!SCHEMA.test(schema) || new TextEncoder().encode(schema).length > 63) {
    throw refusal("the name of a schema has letters, digits, _ and -, and does not begin with pg_");
  }
  for (const [name, value] of url.searchParams) {
    if (name === "sslmode" && !SSL_MODES.includes(value)) throw refusal(`sslmode is one of ${SSL_MODES.join(", ")}`);
    if (name === "schema" || DRIVER_PARAMETERS.includes(name)) continue;
    const hint = name === "password" ? `. Write it as USER:PASSWORD@HOST, or set PGPASSWORD` : "";
    const known = ["schema", ...DRIVER_PARAMETERS].join(", ");
    throw refusal(`${JSON.stringify(name)} is not one of its parameters: ${known}${hint}`);
  }
  const shown = new URL(url);
  shown.password = "";
  const driver = new URL(url);
  driver.searchParams.delete("schema");
  // Otherwise the driver understands the modes in its own way, and prints a warning.
  if (driver.searchParams.has("sslmode")) driver.searchParams.set("uselibpqcompat", "true");
  return {
    shown: shown.href,
    server: `The server ${url.searchParams.get("host") ?? (url.host === "" ? "localhost" : url.host)}`,
    connectionString: driver.href,
    schema,
  };
}

function parseUrl(locator: string): URL {
  let url: URL;
  try {
    url = new URL(locator.replace(/^postgresql:/i, "postgres:"));
    decodeURIComponent(`${url.username}${url.password}${url.pathname}`);
  } catch {
    throw refusal(
      "it is no URL. Encode special characters of the user, the password and the database, for example @ as %40",
    );
  }
  if (url.protocol !== "postgres:") throw refusal("it begins with postgres://");
  if (url.pathname.lastIndexOf("/") > 0) throw refusal("the name of the database contains a slash");
  const names = [...url.searchParams.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw refusal(`the parameter ${JSON.stringify(twice)} is given twice`);
  return url;
}

function refusal(reason: string): TypeError {
  return new TypeError(`Cannot use a postgres: locator: ${reason}. Its form is ${FORM}`);
}
