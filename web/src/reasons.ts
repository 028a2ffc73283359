// Reasons come as codes with arguments and are put into words here, by the same lines as in the hub's mails
// (ticket_bridge/notices/texts). Nothing makes it fail: an unknown code reads as its own words.
import type { Reason } from "./api/client";
import en from "./locales/reasons.en.json";
import zh from "./locales/reasons.zh.json";

export interface ReasonTexts {
  list: { comma: string; last: string };
  label: string;
  optional: Record<string, string>;
  words: Record<string, Record<string, string>>;
  codes: Record<string, string>;
}

type Value = Reason["args"][string] | null | undefined;
type Args = Record<string, Value>;

export const TEXTS: Record<"en" | "zh", ReasonTexts> = { en, zh };
const FIELD = /\{([a-z_]+)(?::([a-z_]+))?\}/g;

/** The names and formats of a line's fields. */
export function fieldsOf(line: string): string[] {
  return [...line.matchAll(FIELD)].map((field) => `${field[1]}:${field[2] ?? ""}`);
}

/** Says reasons in one language. */
export class Speaker {
  private readonly texts: ReasonTexts;

  constructor(
    language: "en" | "zh",
    private readonly time: (at: string) => string,
  ) {
    this.texts = TEXTS[language];
  }

  /** A reason as a sentence or phrase. */
  reason(reason: Reason): string {
    const line = this.texts.codes[reason.code];
    return line === undefined ? this.generic(reason) : this.fill(line, reason.args, reason.names);
  }

  /** A word of a group (`health`, `state`, `severity`, `role`, `cls`, …); the value itself where there is none. */
  word(group: string, value: string): string {
    return this.texts.words[group]?.[value] ?? value.replaceAll("_", " ");
  }

  /** `a, b and c` in the manner of the language. */
  listed(items: string[]): string {
    if (items.length < 2) return items.join("");
    return items.slice(0, -1).join(this.texts.list.comma) + this.texts.list.last + items.at(-1);
  }

  private fill(line: string, args: Args, names: Record<string, string>): string {
    return line.replace(FIELD, (_all, name: string, format: string | undefined) =>
      this.value(args[name], format ?? "", args, names),
    );
  }

  private value(value: Value, format: string, args: Args, names: Record<string, string>): string {
    const frame = this.texts.optional[format];
    if (frame === undefined) return this.plain(value, format, args, names);
    const empty = value === undefined || value === null || value === "" || value === false || isEmptyList(value);
    return empty ? "" : frame.replace("{value}", () => this.plain(value, format, args, names));
  }

  private plain(value: Value, format: string, args: Args, names: Record<string, string>): string {
    if (Array.isArray(value)) return this.listed(value.map((item) => this.plain(item, format, args, names)));
    if (value === null || value === undefined) return "?";
    if (format === "percent" && typeof value === "number") return `${Math.round(value * 100)}%`;
    if (format === "time" || format === "since") return Number.isNaN(Date.parse(String(value))) ? String(value) : this.time(String(value));
    const words = this.texts.words[format];
    if (words?.["many"]) return (value === 1 ? words["one"] : words["many"])?.replace("{n}", String(value)) ?? "";
    const word = words?.[String(value)];
    if (word === undefined) return names[String(value)] ?? String(value);
    const others = Object.fromEntries(Object.entries(args).filter(([name]) => name !== format));
    return this.fill(word, others, names);
  }

  private generic(reason: Reason): string {
    const words = reason.code.replaceAll("_", " ");
    const args = Object.entries(reason.args).map(
      ([name, value]) => name + this.texts.label + this.plain(value, "", {}, reason.names),
    );
    return args.length > 0 ? `${words} (${args.join(this.texts.list.comma)})` : words;
  }
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
