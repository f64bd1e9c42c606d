// Types of what `react.js` exports, and the two elements for JSX. For React 18 and 19.

import type { DetailedHTMLProps, ForwardRefExoticComponent, HTMLAttributes, ReactElement, ReactNode, RefAttributes } from 'react'
import type {
  Goodword,
  GoodwordWelcomeElement,
  GoodwordWidgetElement,
  LoadOptions,
  Referral,
  WidgetAttributes,
} from './index.js'

export type GoodwordProviderProps = LoadOptions & {
  children?: ReactNode
  /** The signed token of who is logged in, made by your server; without it, nobody is. */
  identity?: string
}

/** Loads Goodword. The loader reads its options once; later ones change nothing. */
export function GoodwordProvider(props: GoodwordProviderProps): ReactElement

export type GoodwordWidgetProps = WidgetAttributes & HTMLAttributes<GoodwordWidgetElement>
export type GoodwordWelcomeProps = HTMLAttributes<GoodwordWelcomeElement>

/** `<goodword-widget>`. */
export const GoodwordWidget: ForwardRefExoticComponent<GoodwordWidgetProps & RefAttributes<GoodwordWidgetElement>>

/** `<goodword-welcome>`. */
export const GoodwordWelcome: ForwardRefExoticComponent<GoodwordWelcomeProps & RefAttributes<GoodwordWelcomeElement>>

/** Who sent this visitor, or null; renders again when that changes. */
export function useReferral(): Referral | null

/** Whether the loader of the nearest provider runs, and the function to call it. */
export function useGoodword(): { status: 'waiting' | 'ready' | 'failed'; goodword: Goodword }

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'goodword-widget': DetailedHTMLProps<GoodwordWidgetProps, GoodwordWidgetElement> & { class?: string }
      'goodword-welcome': DetailedHTMLProps<GoodwordWelcomeProps, GoodwordWelcomeElement> & { class?: string }
    }
  }
}
