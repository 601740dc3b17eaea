(function(){var form=document.querySelector("form[data-begin]"),token=form&&form.elements.token;if(!token||token.value)return;
function begin(){["scroll","pointerdown","focusin"].forEach(function(kind){removeEventListener(kind,begin)});
fetch(form.dataset.begin).then(function(answer){return answer.json()}).then(function(answer){token.value=answer.token||""},function(){})}
["scroll","pointerdown","focusin"].forEach(function(kind){addEventListener(kind,begin,{passive:true})})})()
