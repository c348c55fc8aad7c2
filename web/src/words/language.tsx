import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { en, type Words } from "./en.js";
import { vi } from "./vi.js";

const languages = { en, vi } as const;
export type Language = keyof typeof languages;

interface Chosen {
  readonly language: Language;
  readonly words: Words;
  choose(language: Language): void;
}

const ChosenLanguage = createContext<Chosen>({ language: "en", words: en, choose: () => {} });
const storageKey = "bocau.language";

export function preferredLanguage(stored: string | null, browser: string): Language {
  if (stored === "en" || stored === "vi") {
    return stored;
  }
  return browser.toLowerCase().startsWith("vi") ? "vi" : "en";
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(() =>
    preferredLanguage(localStorage.getItem(storageKey), navigator.language),
  );
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const chosen = useMemo(
    () => ({
      language,
      words: languages[language],
      choose(wanted: Language) {
        localStorage.setItem(storageKey, wanted);
        setLanguage(wanted);
      },
    }),
    [language],
  );
  return <ChosenLanguage value={chosen}>{children}</ChosenLanguage>;
}

export function useWords(): Words {
  return useContext(ChosenLanguage).words;
}

/** For dates and times: the browser's own variety of the language, if it has one. */
export function useLocale(): string {
  const { language } = useContext(ChosenLanguage);
  return navigator.languages.find((variety) => variety.startsWith(language)) ?? language;
}

export function LanguageSwitch() {
  const { language, choose } = useContext(ChosenLanguage);
  const other = language === "en" ? "vi" : "en";
  return (
    <button type="button" className="quiet-button" data-testid="language" lang={other} onClick={() => choose(other)}>
      {languages[other].language}
    </button>
  );
}
