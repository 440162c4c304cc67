/** The library's version, as in deno.json; written into journals and into the commands that messages name. */
export const VERSION = "0.1.0";
