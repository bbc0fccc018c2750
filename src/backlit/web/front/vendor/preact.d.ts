/** The types of what the page uses of preact.js. */

/** Something that can be shown: an element, text, a list of them, or nothing. */
export type Shown = object | string | number | boolean | null | undefined | Shown[];

/** A template that htm reads; a component in it is a function of its attributes. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): Shown;

export function render(shown: Shown, parent: Element): void;

/** What a component remembers, and what changes it; also by a function of what it was. */
export function useState<T>(first: T | (() => T)): [T, (next: T | ((old: T) => T)) => void];

/** Does something after showing, when one of the inputs has changed; gives back what undoes it. */
export function useEffect(effect: () => void | (() => void), inputs?: readonly unknown[]): void;

export function useLayoutEffect(
  effect: () => void | (() => void),
  inputs?: readonly unknown[],
): void;

/** Holds an element after `ref=${…}` has shown it, or anything else from one time to the next. */
export function useRef<T>(first: T): { current: T };

export function useMemo<T>(make: () => T, inputs: readonly unknown[]): T;

export function useCallback<T>(callback: T, inputs: readonly unknown[]): T;

/** What a component below threw when it was to be shown, and what forgets it. */
export function useErrorBoundary(): [unknown, () => void];
