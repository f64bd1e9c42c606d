// The two elements for libraries that look for them in the global namespace `JSX`:
//
//   /// <reference types="@goodword/widget/jsx" />

import type { WidgetAttributes } from './index.js'

/** What a library lets every element have, it knows itself. */
type Others = { [attribute: string]: any }

declare global {
  namespace JSX {
    interface IntrinsicElements {
      'goodword-widget': WidgetAttributes & Others
      'goodword-welcome': Others
    }
  }
}
