(function(){var form=document.querySelector("form[data-begin]"),token=form&&form.elements.token;
if(token)form.addEventListener("focusin",function(){if(!token.value)fetch(form.dataset.begin).then(function(answer){return answer.json()}).then(function(answer){token.value=answer.token||""},function(){})},{once:true})})()
