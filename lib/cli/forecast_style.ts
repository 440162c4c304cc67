import { paintFor } from "../inspect/paint.ts";
import type { CommandIo } from "./command_io.ts";
import type { RenderForecastOptions } from "./render_forecast.ts";

/** How a forecast is shown where the output goes to. */
export function forecastStyle({ wantsColour, readColumns }: CommandIo): RenderForecastOptions {
  return { paint: paintFor(wantsColour), width: readColumns?.() };
}
