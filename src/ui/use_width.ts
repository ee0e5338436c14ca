/** The width of an element in whole CSS pixels, as it changes; 0 before it is known. */
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

export function useWidth(): { readonly ref: RefObject<HTMLDivElement | null>; readonly width: number } {
  const ref = useRef<HTMLDivElement>(null), [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const el = ref.current;
    if (el === null) return;
    const measure = (): void => { setWidth(Math.floor(el.clientWidth)); };
    const sizes = new ResizeObserver(measure);
    sizes.observe(el);
    measure();
    return () => { sizes.disconnect(); };
  }, []);
  return { ref, width };
}
