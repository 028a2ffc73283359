// English and Chinese: Lingui with catalogues of ICU messages. A key that one catalogue lacks does not compile.
import { type I18n, setupI18n } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import en from "./locales/messages.en.json";
import zh from "./locales/messages.zh.json";
import { Speaker } from "./reasons";
import { moment } from "./time";

export type Language = "en" | "zh";
export type MessageId = keyof typeof en;
export type Say = (id: MessageId, values?: Record<string, unknown>) => string;

export const MESSAGES: Record<Language, Record<MessageId, string>> = { en, zh };
const STORED = "faultpath.language";

/** The catalogues of one language, ready to say things. */
export function i18nOf(language: Language): I18n {
  const i18n = setupI18n({ locale: language, messages: { [language]: MESSAGES[language] } });
  i18n.setMessagesCompiler(compileMessage);
  return i18n;
}

/** The reader's language: as chosen before, else as the browser prefers, else English. */
export function preferred(stored: string | null, wanted: readonly string[]): Language {
  if (stored === "en" || stored === "zh") return stored;
  const first = wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "en" || tag === "zh");
  return first === "zh" ? "zh" : "en";
}

interface Words {
  language: Language;
  say: Say;
  speak: Speaker;
  setLanguage: (language: Language) => void;
}

const WordsContext = createContext<Words | undefined>(undefined);

export function WordsProvider({ children }: { children: ReactNode }): ReactNode {
  const [language, setLanguage] = useState(() => preferred(localStorage.getItem(STORED), navigator.languages));
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  const words = useMemo<Words>(() => {
    const i18n = i18nOf(language);
    return {
      language,
      say: (id, values) => i18n._(id, values),
      speak: new Speaker(language, (at) => moment(at, language)),
      setLanguage: (chosen) => {
        localStorage.setItem(STORED, chosen);
        setLanguage(chosen);
      },
    };
  }, [language]);
  return <WordsContext value={words}>{children}</WordsContext>;
}

export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error("useWords stands outside of WordsProvider");
  return words;
}
