/** What a transaction needs to know of the module that plans it. `import.meta` of that module satisfies it. */
export type Home = Pick<ImportMeta, "url" | "resolve">;
