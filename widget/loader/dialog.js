// What is around a panel that is not a part of the page. Fetched for those.

export { default as styles } from 'styles/dialog.css'

/** Opens the dialog of a panel that floats. */
export const launcher = 'button.launcher type=button aria-haspopup=dialog :launch'

export const dialog = `
dialog.frame aria-label=@region
 button.close type=button aria-label=@close :cross`
