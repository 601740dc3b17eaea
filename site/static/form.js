(function(){var form=document.querySelector("form[data-begin]"),token=form&&form.elements.token,kinds=["scroll","pointerdown","focusin"],begun,came;if(!token||token.value)return;
function begin(){kinds.forEach(function(kind){removeEventListener(kind,begin)});begun=Date.now();
fetch(form.dataset.begin).then(function(answer){return answer.json()}).then(function(answer){came=Date.now();token.value=answer.token||""},function(){})}
kinds.forEach(function(kind){addEventListener(kind,begin,{passive:true})});
// A token that was long on its way would make a calm person look hasty: none is better.
form.addEventListener("submit",function(){var now=Date.now();if(now-begun>=3000&&now-came<3000)token.value=""})})()
