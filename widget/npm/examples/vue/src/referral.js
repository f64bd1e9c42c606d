import { watchReferral } from '@goodword/widget'
import { onMounted, onUnmounted, shallowRef } from 'vue'

/** Who sent this visitor: a ref of { code, click_id }, or of null. */
export function useReferral() {
  const referral = shallowRef(null)
  let stop
  onMounted(() => { stop = watchReferral((now) => { referral.value = now }) })
  onUnmounted(() => stop())
  return referral
}
