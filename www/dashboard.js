// What the dashboard can do better with script. Without it every page is whole.

// Copy buttons, where there is something to copy and a way to.
if (navigator.clipboard) {
  for (const box of document.querySelectorAll('.copy')) {
    const button = document.createElement('button')
    const { copy, copied } = box.dataset
    button.type = 'button'
    button.textContent = copy
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(box.querySelector('code').textContent)
      button.textContent = copied
      setTimeout(() => { button.textContent = copy }, 2000)
    })
    box.append(button)
  }
}

// A form is sent once, however often its button is pressed. A page that comes back from memory can be used again.
for (const form of document.querySelectorAll('form[method=post]')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault()
    form.dataset.sent = 'yes'
  })
}
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent
})
