const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
const step = 1_000;

/** A number of bytes, as a person reads it. */
export function sizeOf(bytes: number, locale: string): string {
  let value = bytes;
  let at = 0;
  while (value >= step && at < units.length - 1) {
    value /= step;
    at++;
  }
  const digits = value < 10 && at > 0 ? 1 : 0;
  const unit = units[at] ?? "byte";
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: digits,
  }).format(value);
}
