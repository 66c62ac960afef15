#!/bin/bash

# Set up comprehensive logging to /var/log/user_data.log
LOG_FILE="/var/log/user_data.log"
exec > >(tee -a $LOG_FILE)
exec 2>&1

log_message() {
    echo "[$(date '+%Y-%m-%d %H:%M:%S')] $1"
}

# Function to get EC2 metadata using IMDSv2, with retries
get_metadata() {
  local path=$1
  local max_attempts=10

  for i in $(seq 1 $max_attempts); do
    TOKEN=$(curl -s -f -X PUT "http://169.254.169.254/latest/api/token" \
      -H "X-aws-ec2-metadata-token-ttl-seconds: 21600" \
      --connect-timeout 5 2>/dev/null)

    if [ -n "$TOKEN" ]; then
      RESULT=$(curl -s -f -H "X-aws-ec2-metadata-token: $TOKEN" \
        "http://169.254.169.254/latest/meta-data/$path" 2>/dev/null)
      if [ $? -eq 0 ] && [ -n "$RESULT" ]; then
        echo "$RESULT"
        return 0
      fi
    fi
    sleep 2
  done
  echo "unknown"
  return 1
}

log_message "Starting user data script execution"
dnf install -y httpd || { log_message "ERROR: install failed"; exit 1; }
systemctl enable --now httpd
INSTANCE_ID=$(get_metadata instance-id)
PUBLIC_IP=$(get_metadata public-ipv4)

cat <<EOF > /var/www/html/index.html
<html><body>
<p>Instance: ${INSTANCE_ID}</p>
<p>Public address: ${PUBLIC_IP}</p>
<p>Cost: \$0.01</p>
</body></html>
EOF
chmod 644 /var/www/html/index.html
if systemctl is-active --quiet httpd; then
    log_message "httpd is running"
else
    log_message "ERROR: httpd is not running"
fi
log_message "Done"
